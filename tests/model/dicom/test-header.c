/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include "model/core/error.h"
#include "model/dicom/header.h"
#include "tests/support/test.h"

#include <string.h>

/* Headers that are not what they should be: an error each, and no more. */

static SagDicomHeader *
read_bytes (const GByteArray *bytes, GError **error)
{
  g_autoptr (SagDicomInput) input = sag_dicom_input_new_for_memory (bytes->data, bytes->len);

  return sag_dicom_header_read (input, error);
}

/* Cut anywhere, a file gives an error and no more. */
static void
test_cut (void)
{
  for (MakeSyntax syntax = MAKE_EXPLICIT; syntax <= MAKE_BIG_ENDIAN; syntax++)
    {
      const MakeSlice slice = { .syntax = syntax };
      g_autoptr (GByteArray) whole = make_slice (&slice);
      SagDicomHeader *complete;

      for (guint n = 0; n < whole->len; n++)
        {
          g_autofree guint8 *part = g_memdup2 (whole->data, MAX (n, 1));
          GByteArray         bytes = { part, n };
          g_autoptr (GError) error = NULL;
          g_autoptr (SagDicomHeader) header = read_bytes (&bytes, &error);

          /* A header that ends between two elements is one without pixels. */
          g_assert_true (header == NULL || !header->layout.has_pixels);
          g_assert_true ((header == NULL) == (error != NULL));
        }
      complete = read_bytes (whole, NULL);
      g_assert_nonnull (complete);
      sag_dicom_header_free (complete);
    }
}

static void
test_wrong_kind_of_element (void)
{
  const MakeSlice slice = { 0 };
  g_autoptr (GByteArray) bytes = make_slice (&slice);
  g_autoptr (GError) error = NULL;
  guint8 *found = memmem (bytes->data, bytes->len, "\x10\x00\x10\x00PN", 6);

  g_assert_nonnull (found);
  memcpy (found + 4, "?\1", 2);
  g_assert_null (read_bytes (bytes, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "(0010,0010)");
}

/* Known kinds in wrong places do no harm. */
static void
test_wrong_representation (void)
{
  const MakeSlice slice = { 0 };
  g_autoptr (GByteArray) bytes = make_slice (&slice);
  g_autoptr (SagDicomHeader) header = NULL;
  guint8 *found = memmem (bytes->data, bytes->len,
                          "\x28\x00\x30\x00"
                          "DS",
                          6);

  g_assert_nonnull (found);
  memcpy (found + 4, "LO", 2);
  header = read_bytes (bytes, NULL);
  g_assert_nonnull (header);
  g_assert_cmpfloat (header->frames[0].spacing_mm[0], ==, 1.5);
}

static GByteArray *
begin (MakeSyntax syntax)
{
  GByteArray *bytes = g_byte_array_new ();

  make_begin (bytes, syntax == MAKE_EXPLICIT ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2");
  return bytes;
}

static void
test_absurd_length (void)
{
  g_autoptr (GByteArray) bytes = begin (MAKE_EXPLICIT);
  g_autoptr (GError) error = NULL;

  make_head (bytes, MAKE_EXPLICIT, 0x00091001, "OB", 0xfffffff0);
  make_text (bytes, MAKE_EXPLICIT, 0x00100010, "PN", "DOE");
  g_assert_null (read_bytes (bytes, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "ends within its header");
}

static void
test_endless_sequences (void)
{
  for (MakeSyntax syntax = MAKE_EXPLICIT; syntax <= MAKE_IMPLICIT; syntax++)
    {
      g_autoptr (GByteArray) bytes = begin (syntax);
      g_autoptr (GError) error = NULL;

      for (int i = 0; i < 100000; i++)
        {
          make_head (bytes, syntax, 0x00081140, "SQ", 0xffffffff);
          make_head (bytes, syntax, 0xfffee000, "", 0xffffffff);
        }
      g_assert_null (read_bytes (bytes, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "have no end");
    }
}

static void
test_deep_defined_sequences (void)
{
  GByteArray *inner = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) bytes = begin (MAKE_IMPLICIT);

  make_text (inner, MAKE_IMPLICIT, 0x00100010, "PN", "DOE");
  for (int i = 0; i < 200; i++)
    {
      GByteArray *outer = g_byte_array_new ();

      make_sequence (outer, MAKE_IMPLICIT, 0x00081140, inner);
      inner = outer;
    }
  g_byte_array_append (bytes, inner->data, inner->len);
  g_byte_array_unref (inner);
  g_assert_null (read_bytes (bytes, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "have no end");
}

/* More sequences in one another than the other reader's stack has room for. */
static void
put_deep (GByteArray *out)
{
  for (int i = 0; i < 200000; i++)
    {
      make_head (out, MAKE_IMPLICIT, 0x00081140, "", 0xffffffff);
      make_head (out, MAKE_IMPLICIT, 0xfffee000, "", 0xffffffff);
    }
}

/* Explicit elements, were they implicit, are deep: "OB" is a length of 16,975. */
static void
hide_in_unknown_sequence (GByteArray *out)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, ('B' << 8 | 'O') - 4);
  memset (bytes->data, 0, bytes->len);
  put_deep (bytes);
  make_head (out, MAKE_EXPLICIT, 0x00091010, "XX", 0xffffffff);
  make_head (out, MAKE_EXPLICIT, 0xfffee000, "", 0xffffffff);
  make_bytes (out, MAKE_EXPLICIT, 0x00091011, "OB", bytes->data, bytes->len);
  make_head (out, MAKE_EXPLICIT, 0xfffee00d, "", 0);
  make_head (out, MAKE_EXPLICIT, 0xfffee0dd, "", 0);
}

static void
put_fragment (GByteArray *out, const char *vr, const GByteArray *bytes)
{
  make_head (out, MAKE_EXPLICIT, 0x00091010, vr, 0xffffffff);
  make_head (out, MAKE_EXPLICIT, 0xfffee000, "", bytes->len);
  g_byte_array_append (out, bytes->data, bytes->len);
  make_head (out, MAKE_EXPLICIT, 0xfffee0dd, "", 0);
}

static void
hide_in_unknown_bytes (GByteArray *out)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  put_deep (bytes);
  put_fragment (out, "OX", bytes);
}

/* Of a kind whose length is never left open. */
static void
hide_length (GByteArray *out)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "DOE ", 4);
  put_fragment (out, "OL", bytes);
}

/* A sequence that ends at once, and has length left. */
static void
hide_behind_end (GByteArray *out)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  make_head (bytes, MAKE_IMPLICIT, 0xfffee0dd, "", 0);
  put_deep (bytes);
  make_bytes (out, MAKE_IMPLICIT, 0x00081140, "", bytes->data, bytes->len);
}

/* A sequence too short for an item, whose length would be the next tag. */
static void
hide_behind_short_sequence (GByteArray *out)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "\0\0\0", 4);
  put_deep (bytes);
  make_bytes (out, MAKE_IMPLICIT, 0x00081140, "", "\xfe\xff\x00\xe0", 4);
  make_bytes (out, MAKE_IMPLICIT, 0x00091010, "", bytes->data, bytes->len);
}

/* An item too short for an element, whose length would be the next tag: 8. */
static void
hide_behind_short_item (GByteArray *out)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GByteArray *item = g_byte_array_new ();

  g_byte_array_append (item, (const guint8 *) "\0\0\0", 4);
  make_sequence (out, MAKE_IMPLICIT, 0x00081140, item);
  g_byte_array_append (bytes, (const guint8 *) "\0\0\0", 4);
  put_deep (bytes);
  make_bytes (out, MAKE_IMPLICIT, 0x00080000, "", bytes->data, bytes->len);
}

/* What the walk takes for bytes, no other reader takes for elements. */
static void
test_hidden_elements (void)
{
  static const struct
  {
    MakeSyntax syntax;
    void (*hide) (GByteArray *out);
  } all[] = {
    { MAKE_EXPLICIT, hide_in_unknown_sequence },
    { MAKE_EXPLICIT, hide_in_unknown_bytes },
    { MAKE_EXPLICIT, hide_length },
    { MAKE_IMPLICIT, hide_behind_end },
    { MAKE_IMPLICIT, hide_behind_short_sequence },
    { MAKE_IMPLICIT, hide_behind_short_item },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GByteArray) bytes = begin (all[i].syntax);
      g_autoptr (GError) error = NULL;

      all[i].hide (bytes);
      make_text (bytes, all[i].syntax, 0x00100010, "PN", "DOE");
      g_assert_null (read_bytes (bytes, &error));
      g_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT);
      g_test_message ("%zu: %s", i, error->message);
    }
}

static void
test_pixels (void)
{
  static const struct
  {
    guint32     tag;
    guint16     number;
    const char *said;
  } all[] = {
    { 0x00280010, 0, "has no pixels" },
    { 0x00280011, 0, "has no pixels" },
    { 0x00280010, 60000, "promises 6 x 60000 pixels" },
    { 0x00280010, 60000, "promises" },
    { 0x00280100, 12, "in a number of bits" },
    { 0x00280101, 17, "contradict each other" },
    { 0x00280102, 16, "contradict each other" },
    { 0x00280102, 3, "contradict each other" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const MakeSlice slice = { 0 };
      g_autoptr (GByteArray) bytes = make_slice (&slice);
      g_autoptr (GError) error = NULL;
      const guint8 head[] = { all[i].tag >> 16 & 0xff, 0,   all[i].tag & 0xff,
                              all[i].tag >> 8 & 0xff,  'U', 'S' };
      guint8      *found = memmem (bytes->data, bytes->len, head, sizeof head);

      g_assert_nonnull (found);
      found[8] = all[i].number & 0xff;
      found[9] = (guint8) (all[i].number >> 8);
      g_assert_null (read_bytes (bytes, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, all[i].said);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/dicom/header/" name, function)
  ADD ("cut", test_cut);
  ADD ("wrong-kind-of-element", test_wrong_kind_of_element);
  ADD ("wrong-representation", test_wrong_representation);
  ADD ("absurd-length", test_absurd_length);
  ADD ("endless-sequences", test_endless_sequences);
  ADD ("deep-defined-sequences", test_deep_defined_sequences);
  ADD ("hidden-elements", test_hidden_elements);
  ADD ("pixels", test_pixels);
  return g_test_run ();
}
