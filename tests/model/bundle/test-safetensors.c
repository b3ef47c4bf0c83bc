/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/safetensors.h"
#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static float
from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Every half is widened by the definition of binary16, and comes back as itself. */
static void
test_halves (void)
{
  for (guint32 bits = 0; bits <= 0xffff; bits++)
    {
      guint16 half = (guint16) bits, back;
      int     exponent = half >> 10 & 31, fraction = half & 1023;
      float   expected = exponent == 31  ? (fraction ? NAN : INFINITY)
                         : exponent == 0 ? ldexpf ((float) fraction, -24)
                                         : ldexpf ((float) (1024 + fraction), exponent - 25);
      float   value;

      sag_dtype_to_floats (SAG_DTYPE_F16, &half, 1, &value);
      if (isnan (expected))
        {
          g_assert_true (isnan (value));
          continue;
        }
      g_assert_true (value == (half & 0x8000 ? -expected : expected));
      sag_dtype_from_floats (SAG_DTYPE_F16, &value, 1, &back);
      g_assert_cmphex (back, ==, half);
    }
}

static guint16
round_to (SagDtype dtype, float value)
{
  guint16 out;

  sag_dtype_from_floats (dtype, &value, 1, &out);
  return out;
}

static void
test_rounding (void)
{
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 1 + 0x1p-11f), ==, 0x3c00);     /* tie to even: down */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 1 + 3 * 0x1p-11f), ==, 0x3c02); /* tie to even: up */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 1 + 0x1.002p-11f), ==, 0x3c01); /* above the tie */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 65519.996f), ==, 0x7bff);       /* the largest */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 65520), ==, 0x7c00);            /* infinite */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, -1e30f), ==, 0xfc00);
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 0x1p-25f), ==, 0);   /* half of the least subnormal */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 0x1.8p-24f), ==, 2); /* tie among subnormals */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, 0x1.ffcp-15f), ==, 0x0400); /* up to the least normal */
  g_assert_cmphex (round_to (SAG_DTYPE_F16, NAN) & 0x7fff, >, 0x7c00);
  g_assert_cmphex (round_to (SAG_DTYPE_BF16, from_bits (0x3f808000)), ==, 0x3f80);
  g_assert_cmphex (round_to (SAG_DTYPE_BF16, from_bits (0x3f818000)), ==, 0x3f82);
  g_assert_cmphex (round_to (SAG_DTYPE_BF16, from_bits (0x3f808001)), ==, 0x3f81);
  g_assert_cmphex (round_to (SAG_DTYPE_BF16, -INFINITY), ==, 0xff80);
  g_assert_cmphex (round_to (SAG_DTYPE_BF16, from_bits (0x7f800001)) & 0x7fff, >,
                   0x7f80); /* NaN stays one */
}

static void
write_all (const char *path)
{
  static const gint64 shape[2] = { 2, 3 }, none[1] = { 0 };
  static const float  floats[6] = { 0, 1, -2.5f, 0.333f, 1e-3f, 65000 };
  static const gint64 integers[6] = { 0, 1, -2, 127, -128, 5 };
  g_autoptr (SagTensorWriter) writer = sag_tensor_writer_new ();
  g_autoptr (GError) error = NULL;

  sag_tensor_writer_set_metadata (writer, "format", "pt");
  sag_tensor_writer_declare (writer, "a", SAG_DTYPE_F32, 2, shape);
  sag_tensor_writer_declare (writer, "empty", SAG_DTYPE_F32, 1, none);
  sag_tensor_writer_declare (writer, "b", SAG_DTYPE_F16, 2, shape);
  sag_tensor_writer_declare (writer, "scalar", SAG_DTYPE_I8, 0, NULL);
  sag_tensor_writer_declare (writer, "c", SAG_DTYPE_BF16, 2, shape);
  sag_tensor_writer_declare (writer, "d", SAG_DTYPE_I64, 2, shape);
  sag_tensor_writer_declare (writer, "e", SAG_DTYPE_I8, 2, shape);
  g_assert_true (sag_tensor_writer_open (writer, path, &error));
  g_assert_no_error (error);
  g_assert_true (sag_tensor_writer_floats (writer, floats, 4, &error));
  g_assert_true (sag_tensor_writer_floats (writer, floats + 4, 2, &error));
  g_assert_true (sag_tensor_writer_floats (writer, floats, 6, &error));
  g_assert_true (sag_tensor_writer_integers (writer, integers + 3, 1, &error));
  g_assert_true (sag_tensor_writer_floats (writer, floats, 6, &error));
  g_assert_true (sag_tensor_writer_integers (writer, integers, 6, &error));
  g_assert_true (sag_tensor_writer_integers (writer, integers, 6, &error));
  g_assert_true (sag_tensor_writer_commit (writer, &error));
  g_assert_no_error (error);
}

static void
test_write_read (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "t.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTensorFile) file = NULL;
  const SagTensor *tensor;
  float            floats[6];
  gint64           integers[6];

  write_all (path);
  file = sag_tensor_file_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_tensor_file_get_n_tensors (file), ==, 7);
  g_assert_cmpstr (sag_tensor_file_get_metadata (file, "format"), ==, "pt");
  g_assert_null (sag_tensor_file_get_metadata (file, "other"));
  g_assert_null (sag_tensor_file_find (file, "f"));
  tensor = sag_tensor_file_find (file, "a");
  g_assert_true (sag_tensor_has_shape (tensor, 2, (const gint64[]){ 2, 3 }));
  g_assert_true (sag_tensor_read_floats (tensor, 2, 4, floats));
  g_assert_cmpfloat (floats[1], ==, 0.333f);
  g_assert_false (sag_tensor_read_floats (tensor, 3, 4, floats));
  g_assert_false (sag_tensor_read_floats (tensor, G_MAXSIZE, 2, floats));
  g_assert_false (sag_tensor_read_integers (tensor, 0, 1, integers));
  g_assert_true (sag_tensor_read_floats (sag_tensor_file_find (file, "b"), 0, 6, floats));
  g_assert_cmpfloat (floats[2], ==, -2.5f);
  g_assert_cmpfloat (floats[5], ==, 64992);
  g_assert_true (sag_tensor_read_floats (sag_tensor_file_find (file, "c"), 0, 6, floats));
  g_assert_cmpfloat (floats[3], ==, 0.33203125f);
  g_assert_true (sag_tensor_read_integers (sag_tensor_file_find (file, "e"), 0, 6, integers));
  g_assert_cmpint (integers[4], ==, -128);
  g_assert_true (sag_tensor_read_integers (sag_tensor_file_find (file, "scalar"), 0, 1, integers));
  g_assert_cmpint (integers[0], ==, 127);
  g_assert_cmpuint (sag_tensor_file_find (file, "empty")->n_values, ==, 0);
  sag_test_remove_folder (folder);
}

static void
test_writer_refuses (void)
{
  static const gint64 shape[1] = { 1 }, large = 300, huge[3] = { 1 << 30, 1 << 30, 1 << 30 };
  g_autoptr (SagTensorWriter) twice = sag_tensor_writer_new ();
  g_autoptr (SagTensorWriter) small = sag_tensor_writer_new ();
  g_autoptr (SagTensorWriter) big = sag_tensor_writer_new ();
  g_autoptr (GError) error = NULL;

  sag_tensor_writer_declare (twice, "a", SAG_DTYPE_F32, 1, shape);
  sag_tensor_writer_declare (twice, "a", SAG_DTYPE_F32, 1, shape);
  g_assert_false (sag_tensor_writer_open (twice, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "\"a\" is there twice");
  sag_tensor_writer_declare (small, "a", SAG_DTYPE_U8, 1, shape);
  g_assert_true (sag_tensor_writer_open (small, NULL, &error));
  g_assert_false (sag_tensor_writer_integers (small, &large, 1, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "U8 cannot hold");
  sag_tensor_writer_declare (big, "a", SAG_DTYPE_U8, 3, huge);
  g_assert_false (sag_tensor_writer_open (big, "/nonexistent/x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "impossible size");
}

static void
test_set (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "t.safetensors", NULL);
  g_autoptr (SagTensorSet) set = sag_tensor_set_new ();
  g_autoptr (SagTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 shape[2] = { 1, 2 }, ids[2] = { 7, -1 };
  gint64       back[2];

  sag_tensor_set_add_floats (set, "images", 2, shape, (const float[]){ 1, 2 });
  sag_tensor_set_add_floats (set, "images", 2, shape, (const float[]){ 3, 4 });
  sag_tensor_set_add_integers (set, "input_ids", 2, shape, ids);
  g_assert_true (sag_tensor_set_save (set, path, &error));
  file = sag_tensor_file_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_tensor_file_get_n_tensors (file), ==, 2);
  g_assert_true (sag_tensor_read_integers (sag_tensor_file_find (file, "input_ids"), 0, 2, back));
  g_assert_cmpmem (back, sizeof back, ids, sizeof ids);
  sag_test_remove_folder (folder);
}

/* A file of a header text, padded as it is, and @data_bytes zeros. */
static GBytes *
make_file (const char *header, gsize data_bytes)
{
  GByteArray        *array = g_byte_array_new ();
  guint64            length = strlen (header);
  g_autofree guint8 *zeros = g_malloc0 (data_bytes + 1);

  g_byte_array_append (array, (const guint8 *) &length, 8);
  g_byte_array_append (array, (const guint8 *) header, (guint) length);
  g_byte_array_append (array, zeros, (guint) data_bytes);
  return g_byte_array_free_to_bytes (array);
}

static void
test_damaged (void)
{
#define ENTRY(dtype, shape, begin, end)                                                            \
  "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"
  static const struct
  {
    const char *header;
    gsize       data_bytes;
    const char *part;
  } cases[] = {
    { "{\"a\":" ENTRY ("F32", "[2]", "0", "8") ",\"b\":" ENTRY ("F32", "[2]", "4", "12") "}", 12,
      "\"b\" of x overlaps" },
    { "{\"a\":" ENTRY ("F32", "[2]", "0", "8") ",\"b\":" ENTRY ("F32", "[2]", "0", "8") "}", 8,
      "overlaps" },
    { "{\"a\":" ENTRY ("F32", "[2]", "0", "8") ",\"b\":" ENTRY ("F32", "[2]", "12", "20") "}", 20,
      "\"b\" of x has unused bytes" },
    { "{\"a\":" ENTRY ("F32", "[2]", "4", "12") "}", 12, "\"a\" of x has unused bytes" },
    { "{\"a\":" ENTRY ("F32", "[2]", "0", "8") "}", 9, "1 bytes after its last tensor" },
    { "{\"a\":" ENTRY ("F32", "[2]", "0", "8") "}", 7, "\"a\" of x: its data_offsets lie outside" },
    { "{\"a\":" ENTRY ("F32", "[2]", "8", "0") "}", 8, "lie outside" },
    { "{\"a\":" ENTRY ("F32", "[2]", "-8", "0") "}", 8, "\"data_offsets\" is -8" },
    { "{\"a\":" ENTRY ("F32", "[2]", "0.0", "8") "}", 8, "not a whole number" },
    { "{\"a\":" ENTRY ("F32", "[2]", "[]", "8") "}", 8, "not a whole number" },
    { "{\"a\":" ENTRY ("F32", "[2]", "0", "18446744073709551615") "}", 8, "data_offsets" },
    { "{\"a\":" ENTRY ("F32", "[3]", "0", "8") "}", 8,
      "8 bytes do not hold [3] values of type F32" },
    { "{\"a\":" ENTRY ("F32", "[-2]", "0", "8") "}", 8, "\"shape\" is -2" },
    { "{\"a\":" ENTRY ("F32", "[4294967296,4294967296]", "0", "0") "}", 0, "more than any memory" },
    { "{\"a\":" ENTRY ("F32", "[4611686018427387904]", "0", "0") "}", 0, "do not hold" },
    { "{\"a\":" ENTRY ("F32", "[1,1,1,1,1,1,1,1,1]", "0", "4") "}", 4, "9 sizes" },
    { "{\"a\":" ENTRY ("F32", "{}", "0", "4") "}", 4, "\"shape\" is not a list" },
    { "{\"a\":" ENTRY ("C64", "[1]", "0", "8") "}", 8, "type \"C64\" is unknown" },
    { "{\"a\":" ENTRY ("F32", "[1]", "0", "4") ",\"a\":" ENTRY ("F32", "[1]", "4", "8") "}", 8,
      "\"a\" twice" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "not two numbers" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "\"data_offsets\" is missing" },
    { "{\"a\":7}", 0, "not an object" },
    { "{\"\":" ENTRY ("F32", "[1]", "0", "4") "}", 4, "not printable" },
    { "{\"a\\nb\":" ENTRY ("F32", "[1]", "0", "4") "}", 4, "not printable" },
    { "{\"__metadata__\":{\"a\":1}}", 0, "__metadata__" },
    { "{\"a\":", 0, "The header of x ends before" },
    { "[]", 0, "holds no JSON object" },
  };
#undef ENTRY
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = make_file (cases[i].header, cases[i].data_bytes);

      g_assert_null (sag_tensor_file_new (bytes, "x", &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, cases[i].part);
    }
}

static void
test_header_length (void)
{
  g_autoptr (GError) error = NULL;
  guint8  raw[64] = { 0 };
  guint64 length = G_MAXUINT64;
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) absurd = NULL;

  g_assert_null (sag_tensor_file_new (empty, "x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "too short");
  memcpy (raw, &length, 8);
  absurd = g_bytes_new (raw, sizeof raw);
  g_assert_null (sag_tensor_file_new (absurd, "x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                         "its header would have 18446744073709551615 bytes");
}

/* Cut anywhere, a file is refused; never read beyond its end (the address sanitizer watches). */
static void
test_truncated (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "t.safetensors", NULL);
  g_autofree char *data = NULL;
  gsize            size_bytes;

  write_all (path);
  g_assert_true (g_file_get_contents (path, &data, &size_bytes, NULL));
  for (gsize keep = 0; keep < size_bytes; keep++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data, keep);
      g_autoptr (GError) error = NULL;

      g_assert_null (sag_tensor_file_new (bytes, "x", &error));
      g_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT);
    }
  sag_test_remove_folder (folder);
}

static void
test_unwritable (void)
{
  g_autoptr (SagTensorSet) set = sag_tensor_set_new ();
  g_autoptr (GError) error = NULL;
  const gint64      shape = 1 << 20;
  g_autofree float *values = g_new0 (float, 1 << 20);

  sag_tensor_set_add_floats (set, "a", 1, &shape, values);
  g_assert_false (sag_tensor_set_save (set, "/nonexistent-folder/t.safetensors", &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "create the folder first");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/halves", test_halves);
  g_test_add_func ("/safetensors/rounding", test_rounding);
  g_test_add_func ("/safetensors/write-read", test_write_read);
  g_test_add_func ("/safetensors/writer-refuses", test_writer_refuses);
  g_test_add_func ("/safetensors/set", test_set);
  g_test_add_func ("/safetensors/damaged", test_damaged);
  g_test_add_func ("/safetensors/header-length", test_header_length);
  g_test_add_func ("/safetensors/truncated", test_truncated);
  g_test_add_func ("/safetensors/unwritable", test_unwritable);
  return g_test_run ();
}
