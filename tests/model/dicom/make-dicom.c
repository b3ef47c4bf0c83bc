/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include <string.h>
#include <zlib.h>

static void
put16 (GByteArray *out, MakeSyntax syntax, guint value)
{
  const guint16 bytes =
    syntax == MAKE_BIG_ENDIAN ? GUINT16_TO_BE ((guint16) value) : GUINT16_TO_LE ((guint16) value);

  g_byte_array_append (out, (const guint8 *) &bytes, 2);
}

static void
put32 (GByteArray *out, MakeSyntax syntax, guint32 value)
{
  const guint32 bytes = syntax == MAKE_BIG_ENDIAN ? GUINT32_TO_BE (value) : GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &bytes, 4);
}

void
make_head (GByteArray *out, MakeSyntax syntax, guint32 tag, const char *vr, guint32 length)
{
  put16 (out, syntax, tag >> 16);
  put16 (out, syntax, tag & 0xffff);
  if (syntax == MAKE_IMPLICIT || tag >> 16 == 0xfffe)
    {
      put32 (out, syntax, length);
      return;
    }
  g_byte_array_append (out, (const guint8 *) vr, 2);
  if (strstr ("OB OF OL OW OX SQ UN UT XX", vr) != NULL)
    {
      put16 (out, syntax, 0);
      put32 (out, syntax, length);
    }
  else
    put16 (out, syntax, length);
}

void
make_bytes (
  GByteArray *out, MakeSyntax syntax, guint32 tag, const char *vr, const void *bytes, gsize n)
{
  make_head (out, syntax, tag, vr, (guint32) (n + n % 2));
  g_byte_array_append (out, bytes, (guint) n);
  if (n % 2 == 1)
    g_byte_array_append (out, (const guint8 *) (strcmp (vr, "UI") == 0 ? "" : " "), 1);
}

void
make_text (GByteArray *out, MakeSyntax syntax, guint32 tag, const char *vr, const char *text)
{
  make_bytes (out, syntax, tag, vr, text, strlen (text));
}

void
make_number (GByteArray *out, MakeSyntax syntax, guint32 tag, guint value)
{
  make_head (out, syntax, tag, "US", 2);
  put16 (out, syntax, value);
}

void
make_begin (GByteArray *out, const char *transfer_syntax)
{
  guint8 preamble[128] = { 0 };

  g_byte_array_append (out, preamble, sizeof preamble);
  g_byte_array_append (out, (const guint8 *) "DICM", 4);
  make_text (out, MAKE_EXPLICIT, 0x00020010, "UI", transfer_syntax);
}

void
make_sequence (GByteArray *out, MakeSyntax syntax, guint32 tag, GByteArray *item)
{
  make_head (out, syntax, tag, "SQ", item->len + 8);
  make_head (out, syntax, 0xfffee000, "", item->len);
  g_byte_array_append (out, item->data, item->len);
  g_byte_array_unref (item);
}

static const char *
either (const char *text, const char *otherwise)
{
  return text != NULL ? text : otherwise;
}

static void
put_pixels (GByteArray *out, const MakeSlice *slice, int columns, int rows)
{
  const int   allocated = slice->bits_allocated ? slice->bits_allocated : 16;
  const int   stored = slice->bits_stored ? slice->bits_stored : allocated;
  const int   high = slice->high_bit ? slice->high_bit : stored - 1;
  const guint mask = stored == 16 ? 0xffff : (1u << stored) - 1;

  make_number (out, slice->syntax, 0x00280100, (guint) allocated);
  make_number (out, slice->syntax, 0x00280101, (guint) stored);
  make_number (out, slice->syntax, 0x00280102, (guint) high);
  make_number (out, slice->syntax, 0x00280103, slice->is_signed);
  if (slice->padding != NULL)
    make_number (out, slice->syntax, 0x00280120,
                 (guint) g_ascii_strtoll (slice->padding, NULL, 10));
  make_text (out, slice->syntax, 0x00281052, "DS", either (slice->intercept, "0"));
  make_text (out, slice->syntax, 0x00281053, "DS", either (slice->slope, "1"));
  make_head (out, slice->syntax, 0x7fe00010, "OW", (guint32) (columns * rows * allocated / 8));
  for (int j = 0; j < rows; j++)
    for (int i = 0; i < columns; i++)
      {
        const guint number = (guint) (slice->first + i + 10 * j) & mask;
        const guint bits = number << (high + 1 - stored) | slice->dirty;

        if (allocated == 16)
          put16 (out, slice->syntax, bits);
        else
          g_byte_array_append (out, &(guint8){ (guint8) bits }, 1);
      }
}

static void
put_place (GByteArray *out, const MakeSlice *slice)
{
  char place[128], y[G_ASCII_DTOSTR_BUF_SIZE], z[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (y, sizeof y, "%.6f", -20 + slice->shift_mm);
  g_ascii_formatd (z, sizeof z, "%.6f", slice->z_mm);
  g_snprintf (place, sizeof place, "-10\\%s\\%s", y, z);
  make_text (out, slice->syntax, 0x00200032, "DS", place);
  make_text (out, slice->syntax, 0x00200037, "DS", either (slice->orientation, "1\\0\\0\\0\\1\\0"));
  make_text (out, slice->syntax, 0x00200052, "UI", "1.2.3.99");
}

GByteArray *
make_slice (const MakeSlice *slice)
{
  static const char *const syntaxes[] = { "1.2.840.10008.1.2.1", "1.2.840.10008.1.2",
                                          "1.2.840.10008.1.2.2" };
  const int                columns = slice->columns ? slice->columns : 6;
  const int                rows = slice->rows ? slice->rows : 4;
  const MakeSyntax         syntax = slice->syntax;
  GByteArray              *out = g_byte_array_new ();
  g_autofree char         *uid = g_strdup_printf ("%s.%d.%d", either (slice->series_uid, "1.2.3"),
                                                  slice->acquisition, slice->number);
  g_autofree char         *number = g_strdup_printf ("%d", slice->number);
  g_autofree char         *acquisition = g_strdup_printf ("%d", slice->acquisition);

  if (!slice->no_meta)
    make_begin (out, syntaxes[syntax]);
  make_text (out, syntax, 0x00080008, "CS", either (slice->image_type, "ORIGINAL\\PRIMARY\\AXIAL"));
  make_text (out, syntax, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2");
  make_text (out, syntax, 0x00080018, "UI", either (slice->instance_uid, uid));
  make_text (out, syntax, 0x00080020, "DA", either (slice->study_date, "20240131"));
  make_text (out, syntax, 0x00080060, "CS", either (slice->kind, "CT"));
  make_text (out, syntax, 0x0008103e, "LO", either (slice->description, "Thorax"));
  make_text (out, syntax, 0x00100010, "PN", either (slice->patient, "DOE^JANE"));
  make_text (out, syntax, 0x00100020, "LO",
             either (slice->patient_id, either (slice->patient, "4711")));
  make_text (out, syntax, 0x00100030, "DA", either (slice->birth_date, ""));
  make_text (out, syntax, 0x00101010, "AS", "063Y");
  make_text (out, syntax, 0x00180010, "LO", "Iomeprol");
  make_text (out, syntax, 0x00180050, "DS", "3");
  make_text (out, syntax, 0x00181210, "SH", "B31f");
  make_text (out, syntax, 0x0020000d, "UI", either (slice->study_uid, "1.2"));
  make_text (out, syntax, 0x0020000e, "UI", either (slice->series_uid, "1.2.3"));
  make_text (out, syntax, 0x00200011, "IS", "7");
  make_text (out, syntax, 0x00200012, "IS", acquisition);
  make_text (out, syntax, 0x00200013, "IS", number);
  put_place (out, slice);
  make_number (out, syntax, 0x00280002, 1);
  make_text (out, syntax, 0x00280004, "CS", either (slice->colours, "MONOCHROME2"));
  make_number (out, syntax, 0x00280010, (guint) rows);
  make_number (out, syntax, 0x00280011, (guint) columns);
  make_text (out, syntax, 0x00280030, "DS", either (slice->spacing, "2\\1.5"));
  put_pixels (out, slice, columns, rows);
  return out;
}

void
make_save (GByteArray *bytes, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  g_byte_array_unref (bytes);
}

void
make_series (const MakeSlice *slice, const char *folder, int n, double gap_mm)
{
  for (int k = 0; k < n; k++)
    {
      MakeSlice        one = *slice;
      g_autofree char *name = NULL;

      one.number = slice->number + k + 1;
      one.z_mm = slice->z_mm + k * gap_mm;
      one.first = slice->first + 100 * k;
      /* Names that sort in another order than places. */
      name = g_strdup_printf ("%s-%02d-%d.dcm", either (slice->series_uid, "1.2.3"), (k * 7) % 13,
                              one.number + 1000 * slice->acquisition);
      make_save (make_slice (&one), folder, name);
    }
}

typedef struct
{
  GByteArray *archive;
  GByteArray *directory;
  guint       n_entries;
} Zip;

static void
add_entry (Zip *zip, const char *name, const void *data, gsize n, gboolean deflated)
{
  g_autofree guint8 *packed = g_malloc (compressBound (n));
  z_stream           stream = { .next_in = (Bytef *) data, .avail_in = (uInt) n };
  const guint        offset = zip->archive->len;
  const guint32      crc = (guint32) crc32 (0, data, (uInt) n);
  gsize              n_packed = n;

  if (deflated)
    {
      deflateInit2 (&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
      stream.next_out = packed;
      stream.avail_out = (uInt) compressBound (n);
      g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
      n_packed = stream.total_out;
      deflateEnd (&stream);
    }
  for (int central = 0; central < 2; central++)
    {
      GByteArray *out = central ? zip->directory : zip->archive;

      put32 (out, MAKE_EXPLICIT, central ? 0x02014b50 : 0x04034b50);
      if (central)
        put16 (out, MAKE_EXPLICIT, 20);
      put16 (out, MAKE_EXPLICIT, 20);
      put16 (out, MAKE_EXPLICIT, 0);
      put16 (out, MAKE_EXPLICIT, deflated ? 8 : 0);
      put32 (out, MAKE_EXPLICIT, 0);
      put32 (out, MAKE_EXPLICIT, crc);
      put32 (out, MAKE_EXPLICIT, (guint32) n_packed);
      put32 (out, MAKE_EXPLICIT, (guint32) n);
      put16 (out, MAKE_EXPLICIT, (guint) strlen (name));
      put16 (out, MAKE_EXPLICIT, 0);
      if (central)
        {
          put16 (out, MAKE_EXPLICIT, 0);
          put16 (out, MAKE_EXPLICIT, 0);
          put16 (out, MAKE_EXPLICIT, 0);
          put32 (out, MAKE_EXPLICIT, 0);
          put32 (out, MAKE_EXPLICIT, offset);
        }
      g_byte_array_append (out, (const guint8 *) name, (guint) strlen (name));
    }
  g_byte_array_append (zip->archive, deflated ? packed : data, (guint) n_packed);
  zip->n_entries++;
}

void
make_zip (const char *folder, const char *path, gboolean deflated)
{
  Zip         zip = { g_byte_array_new (), g_byte_array_new (), 0 };
  GDir       *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint       offset;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_autofree char *inside = g_strconcat ("IMAGES/", name, NULL);
      g_autofree char *data = NULL;
      gsize            n;

      g_assert_true (g_file_get_contents (file, &data, &n, NULL));
      add_entry (&zip, inside, data, n, deflated);
    }
  g_dir_close (dir);
  offset = zip.archive->len;
  g_byte_array_append (zip.archive, zip.directory->data, zip.directory->len);
  put32 (zip.archive, MAKE_EXPLICIT, 0x06054b50);
  put32 (zip.archive, MAKE_EXPLICIT, 0);
  put16 (zip.archive, MAKE_EXPLICIT, zip.n_entries);
  put16 (zip.archive, MAKE_EXPLICIT, zip.n_entries);
  put32 (zip.archive, MAKE_EXPLICIT, zip.directory->len);
  put32 (zip.archive, MAKE_EXPLICIT, offset);
  put16 (zip.archive, MAKE_EXPLICIT, 0);
  g_assert_true (
    g_file_set_contents (path, (const char *) zip.archive->data, zip.archive->len, NULL));
  g_byte_array_unref (zip.archive);
  g_byte_array_unref (zip.directory);
}
