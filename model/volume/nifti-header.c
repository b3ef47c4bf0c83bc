/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti-private.h"

#include "model/core/error.h"
#include "model/core/number.h"

#include <math.h>
#include <string.h>

/* The NIfTI-1.1 and NIfTI-2 headers, decoded field by field.
 *
 * Source: nifti1.h (nifti.nimh.nih.gov, 2007) and nifti2.h (2011).
 *
 *   NIFTI-1       NIFTI-2       MEANING
 *   OFFSET SIZE   OFFSET SIZE
 *        0    4        0    4   sizeof_hdr: 348 or 540; tells the version and the byte order
 *      344    4        4    8   magic: "n+1" or "n+2": voxels follow; "ni1" or "ni2": they are in an
 *                               .img file; in NIfTI-2 with \r\n\032\n behind
 *       40  8x2       16  8x8   dim: number of dimensions, then the size of each
 *       68    2      504    4   intent_code
 *       70    2       12    2   datatype
 *       76  8x4      104  8x8   pixdim: qfac, then the spacing of each dimension
 *      108    4      168    8   vox_offset: where the voxels begin; a float in NIfTI-1
 *      112    4      176    8   scl_slope; 0 means that values are not scaled
 *      116    4      184    8   scl_inter
 *      124    4      192    8   cal_max: shown white
 *      128    4      200    8   cal_min: shown black; as large as cal_max: the file does not say
 *      123    1      500    4   xyzt_units: the low three bits are those of space
 *      252    2      344    4   qform_code
 *      254    2      348    4   sform_code
 *      256  3x4      352  3x8   quatern_b, c, d
 *      268  3x4      376  3x8   qoffset_x, y, z
 *      280 12x4      400 12x8   srow_x, y, z
 *
 * libnifti reads files only through its own streams, prints to stderr, repairs in silence (a size
 * of zero becomes one), and sizes its buffers by what the header says: once all that is checked
 * here first, nothing is left for it to do with a header. What it is good at, quaternions and the
 * nearest rotation, nifti-affine.c takes from it.
 */

#define ANY_OFFSET_LIMIT 9007199254740992.0 /* 2^53 */
#define INTENT_CIFTI_FIRST 3000
#define INTENT_CIFTI_LAST 3099

typedef struct
{
  const guint8 *bytes;
  gboolean      big_endian;
  gboolean      two; /* NIfTI-2 */
} Fields;

static const struct
{
  int        code;
  SagRawType type;
} raw_types[] = {
  { 2, SAG_RAW_UINT8 },     { 4, SAG_RAW_INT16 },    { 8, SAG_RAW_INT32 },
  { 16, SAG_RAW_FLOAT32 },  { 64, SAG_RAW_FLOAT64 }, { 256, SAG_RAW_INT8 },
  { 512, SAG_RAW_UINT16 },  { 768, SAG_RAW_UINT32 }, { 1024, SAG_RAW_INT64 },
  { 1280, SAG_RAW_UINT64 },
};

#define COLOUR "Its colours are no Hounsfield units; open the CT series that it was made from."
#define COMPLEX "Save its magnitude as float32 and open that."

static const struct
{
  int         code;
  const char *what;
  const char *remedy;
} refused_types[] = {
  { 1, "single bits", "Save it as uint8 and open that." },
  { 32, "complex numbers (complex64)", COMPLEX },
  { 128, "colours (RGB24)", COLOUR },
  { 1536, "128-bit numbers (float128)", "Save it as float32 and open that." },
  { 1792, "complex numbers (complex128)", COMPLEX },
  { 2048, "complex numbers (complex256)", COMPLEX },
  { 2304, "colours (RGBA32)", COLOUR },
};

static guint64
get_bits (const Fields *fields, gsize offset, gsize size)
{
  guint64 bits = 0;

  for (gsize i = 0; i < size; i++)
    bits |= (guint64) fields->bytes[offset + (fields->big_endian ? size - 1 - i : i)] << (8 * i);
  return bits;
}

static gint64
get_int (const Fields *fields, gsize offset, gsize size)
{
  const int unused = 64 - 8 * (int) size;

  return (gint64) (get_bits (fields, offset, size) << unused) >> unused;
}

/* Number @i of a row of floats, or of doubles in NIfTI-2. */
static double
get_real (const Fields *fields, gsize offset1, gsize offset2, gsize i)
{
  guint64 bits8;
  guint32 bits4;
  double  real8;
  float   real4;

  if (fields->two)
    {
      bits8 = get_bits (fields, offset2 + 8 * i, 8);
      memcpy (&real8, &bits8, sizeof real8);
      return real8;
    }
  bits4 = (guint32) get_bits (fields, offset1 + 4 * i, 4);
  memcpy (&real4, &bits4, sizeof real4);
  return real4;
}

static gboolean fail (GError **error, SagError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (GError **error, SagError code, const char *format, ...)
{
  va_list          arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, SAG_ERROR, code, message);
  return FALSE;
}

void
sag_nifti_warn (GPtrArray *warnings, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (warnings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

char *
sag_nifti_dup_number (double value, int decimals)
{
  char format[] = "%.0f", *text = g_malloc (G_ASCII_DTOSTR_BUF_SIZE + 310);

  format[2] = (char) ('0' + CLAMP (decimals, 0, 9));
  return g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE + 310, format, value);
}

static gsize
find_size (const guint8 head[4], gboolean *big_endian)
{
  Fields fields = { .bytes = head };

  for (int big = 0; big < 2; big++)
    {
      gint64 size;

      fields.big_endian = *big_endian = big;
      size = get_int (&fields, 0, 4);
      if (size == SAG_NIFTI1_HEADER || size == SAG_NIFTI2_HEADER)
        return size;
    }
  return 0;
}

gsize
sag_nifti_header_size (const guint8 head[4])
{
  gboolean big_endian;

  return find_size (head, &big_endian);
}

static gboolean
read_magic (const Fields *fields, const char *name, SagNiftiHeader *header, GError **error)
{
  const char *magic = (const char *) fields->bytes + (fields->two ? 4 : 344);
  const char  version = fields->two ? '2' : '1';

  if (magic[0] != 'n' || (magic[1] != '+' && magic[1] != 'i') || magic[2] != version ||
      magic[3] != '\0')
    {
      if (fields->two)
        return fail (error, SAG_ERROR_FORMAT,
                     "%s is damaged: its NIfTI-2 header lacks the format's mark. Fetch it again.",
                     name);
      return fail (error, SAG_ERROR_UNSUPPORTED,
                   "%s is ANALYZE 7.5, the format before NIfTI, which does not say which side is "
                   "left. Convert it to NIfTI with the program that wrote it, or from the original "
                   "DICOM with dcm2niix.",
                   name);
    }
  if (fields->two && memcmp (magic + 4, "\r\n\032\n", 4) != 0)
    return fail (error, SAG_ERROR_FORMAT,
                 "%s was damaged by a transfer in text mode. Fetch it again in binary mode.", name);
  header->pair = magic[1] == 'i';
  return TRUE;
}

static gboolean
read_dims (const Fields *fields, const char *name, SagNiftiHeader *header, GError **error)
{
  const gsize  size = fields->two ? 8 : 2, offset = fields->two ? 16 : 40;
  const gint64 n_dims = get_int (fields, offset, size);
  gsize        n_bytes = sizeof (gint64);

  if (n_dims < 1 || n_dims > 7)
    return fail (error, SAG_ERROR_FORMAT,
                 "%s is damaged: its header says %" G_GINT64_FORMAT " dimensions. Export it again.",
                 name, n_dims);
  header->n_volumes = 1;
  for (int a = 1; a <= 7; a++)
    {
      gint64 dim = a <= n_dims ? get_int (fields, offset + a * size, size) : 1;

      if (a > 3 && dim == 0)
        dim = 1;
      if (dim < 1)
        return fail (error, SAG_ERROR_FORMAT,
                     "%s is damaged: its header says a size of %" G_GINT64_FORMAT
                     " along dimension %d. Export it again.",
                     name, dim, a);
      if (a > 3)
        header->n_volumes =
          dim > G_MAXINT64 / (gint64) header->n_volumes ? G_MAXINT64 : header->n_volumes * dim;
      else if (dim > G_MAXINT32 || !g_size_checked_mul (&n_bytes, n_bytes, dim) ||
               n_bytes > G_MAXSSIZE)
        return fail (error, SAG_ERROR_LIMIT,
                     "%s is damaged or too large: its header says %" G_GINT64_FORMAT
                     " voxels along dimension %d.",
                     name, dim, a);
      else
        header->dims[a - 1] = (gint32) dim;
    }
  return TRUE;
}

static gboolean
read_type (const Fields *fields, const char *name, SagNiftiHeader *header, GError **error)
{
  const int code = (int) get_int (fields, fields->two ? 12 : 70, 2);
  const int intent = fields->two ? (int) get_int (fields, 504, 4) : (int) get_int (fields, 68, 2);

  if (intent >= INTENT_CIFTI_FIRST && intent <= INTENT_CIFTI_LAST)
    return fail (error, SAG_ERROR_UNSUPPORTED,
                 "%s is CIFTI: values on the surface of a brain, not a scan. Open a CT volume.",
                 name);
  for (gsize i = 0; i < G_N_ELEMENTS (refused_types); i++)
    if (refused_types[i].code == code)
      return fail (error, SAG_ERROR_UNSUPPORTED, "%s stores %s, which Sagitta does not read. %s",
                   name, refused_types[i].what, refused_types[i].remedy);
  for (gsize i = 0; i < G_N_ELEMENTS (raw_types); i++)
    if (raw_types[i].code == code)
      {
        header->format.type = raw_types[i].type;
        return TRUE;
      }
  return fail (error, SAG_ERROR_FORMAT,
               "%s is damaged: its header says the unknown data type %d. Export it again.", name,
               code);
}

static gboolean
read_offset (const Fields   *fields,
             const char     *name,
             SagNiftiHeader *header,
             GPtrArray      *warnings,
             GError        **error)
{
  const double offset =
    fields->two ? (double) get_int (fields, 168, 8) : get_real (fields, 108, 0, 0);
  const guint64 least = fields->two ? 544 : 352;
  char          said[SAG_NUMBER_BUFFER];

  sag_number_format (offset, said);
  if (!(offset >= 0 && offset < ANY_OFFSET_LIMIT) || offset != floor (offset))
    return fail (
      error, SAG_ERROR_FORMAT,
      "%s is damaged: its header says that the voxels begin at byte %s. Export it again.", name,
      said);
  header->vox_offset = (guint64) offset;
  if (!header->pair && header->vox_offset < least)
    {
      sag_nifti_warn (warnings,
                      "The header says that the voxels begin inside it, at byte %s; they were read "
                      "from byte %d on.",
                      said, (int) least);
      header->vox_offset = least;
    }
  return TRUE;
}

/* As nibabel: a slope of zero, or that is no number, means no scaling. */
static void
read_scaling (const Fields *fields, SagNiftiHeader *header, GPtrArray *warnings)
{
  const double slope = get_real (fields, 112, 176, 0), intercept = get_real (fields, 116, 184, 0);

  header->format.slope = 1;
  header->format.intercept = 0;
  if (slope == 0 || !isfinite (slope))
    return;
  header->format.slope = slope;
  if (isfinite (intercept))
    header->format.intercept = intercept;
  else
    sag_nifti_warn (warnings, "The intercept in the header is no number; 0 was taken.");
}

static void
read_shown (const Fields *fields, SagNiftiHeader *header)
{
  const double   low = get_real (fields, 128, 200, 0), high = get_real (fields, 124, 192, 0);
  const gboolean is_range = isfinite (low) && isfinite (high) && low < high;

  header->shown[0] = is_range ? low : 0;
  header->shown[1] = is_range ? high : 0;
}

static void
read_place (const Fields *fields, SagNiftiHeader *header)
{
  header->xyz_units = (int) (fields->two ? get_int (fields, 500, 4) : get_int (fields, 123, 1)) & 7;
  header->qform_code = (int) (fields->two ? get_int (fields, 344, 4) : get_int (fields, 252, 2));
  header->sform_code = (int) (fields->two ? get_int (fields, 348, 4) : get_int (fields, 254, 2));
  for (int i = 0; i < 4; i++)
    header->pixdim[i] = get_real (fields, 76, 104, i);
  for (int i = 0; i < 3; i++)
    {
      header->quatern[i] = get_real (fields, 256, 352, i);
      header->qoffset[i] = get_real (fields, 268, 376, i);
      for (int c = 0; c < 4; c++)
        header->srow[i][c] = get_real (fields, 280, 400, 4 * i + c);
    }
}

gboolean
sag_nifti_header_parse (const guint8   *bytes,
                        const char     *name,
                        SagNiftiHeader *header,
                        GPtrArray      *warnings,
                        GError        **error)
{
  Fields fields = { .bytes = bytes };

  *header = (SagNiftiHeader){ 0 };
  fields.two = find_size (bytes, &fields.big_endian) == SAG_NIFTI2_HEADER;
  header->swap = fields.big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
  if (!read_magic (&fields, name, header, error) || !read_dims (&fields, name, header, error) ||
      !read_type (&fields, name, header, error) ||
      !read_offset (&fields, name, header, warnings, error))
    return FALSE;
  read_scaling (&fields, header, warnings);
  read_shown (&fields, header);
  read_place (&fields, header);
  if (header->n_volumes > 1)
    sag_nifti_warn (warnings,
                    "The file holds %" G_GUINT64_FORMAT " volumes; only the first is read.",
                    header->n_volumes);
  return TRUE;
}
