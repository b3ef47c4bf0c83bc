/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/volume/foreign.h"
#include "model/volume/read-ahead.h"
#include "model/volume/volume-private.h"

#include <string.h>
#include <unistd.h>

/* Reading NIfTI: the header is checked whole, then voxels stream through SagReadAhead: its thread
 * undoes the gzip while this one converts, so that the slices arrive in order and may be looked at
 * on the way.
 *
 * Every file begins as int16. The first value that int16 cannot hold moves what is there to a new
 * float32 volume and goes on in that one; readers of the old one keep what they hold.
 */

typedef struct
{
  const char    *name; /* of the file with the voxels */
  SagNiftiHeader header;
  SagGeometry    geometry;
  GPtrArray     *warnings; /* NULL-terminated */
  SagStream     *stream;

  gint64     n_voxels;
  gint64     n_done;
  SagVolume *volume;
  gint16    *int16; /* one of these two is the volume's memory */
  float     *single;
  SagRawLoss loss;

  SagSlicesFunc on_slices;
  gpointer      user_data;
  GCancellable *cancellable;
} Load;

static const char refetch[] = "The download may be incomplete; fetch it again.";

static int
get_percent (double part, double whole)
{
  return (int) CLAMP (100 * part / whole, 0, 99);
}

/* Why @stream gave less than the voxels that the header promises. */
static void
set_short_error (const Load *load, GError **error)
{
  const int percent = get_percent (load->n_done, load->n_voxels);

  switch (sag_stream_get_state (load->stream))
    {
    case SAG_STREAM_FAILED:
      sag_stream_set_error (load->stream, error);
      break;
    case SAG_STREAM_DAMAGED:
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_FORMAT,
        "%s is damaged: it cannot be decompressed beyond %d %% of its voxels. Fetch it again.",
        load->name, percent);
      break;
    case SAG_STREAM_CUT:
    case SAG_STREAM_END:
    case SAG_STREAM_OPEN:
    default:
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s ends after %d %% of its voxels. %s",
                   load->name, percent, refetch);
    }
}

/* Before any memory is taken: could the file hold what its header says? */
static gboolean
check_size (const Load *load, GError **error)
{
  const guint64 limit = sag_stream_get_limit (load->stream), offset = load->header.vox_offset;
  const guint64 n_bytes = (guint64) load->n_voxels * sag_raw_size (load->header.format.type);
  const gint32 *dims = load->geometry.dims;

  if (offset <= limit && n_bytes <= limit - offset)
    return TRUE;
  if (sag_stream_is_gzip (load->stream) || offset > limit || n_bytes / 100 > limit - offset)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                 "%s is damaged or incomplete: its header says %d x %d x %d voxels, more than a "
                 "file of its size can hold. Fetch it again.",
                 load->name, dims[0], dims[1], dims[2]);
  else
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s ends after %d %% of its voxels. %s",
                 load->name, get_percent (limit - offset, n_bytes), refetch);
  return FALSE;
}

static gboolean
new_volume (Load *load, SagScalar scalar, GError **error)
{
  const guint64 memory = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);
  const gsize   size = scalar == SAG_SCALAR_INT16 ? sizeof (gint16) : sizeof (float);
  const gint32 *dims = load->geometry.dims;
  void         *voxels = NULL;

  /* More than the machine has would be granted too, and end the program once it is written to. */
  if ((guint64) load->n_voxels <= memory / size)
    voxels = sag_volume_alloc_voxels (&load->geometry, scalar);
  if (voxels == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "There is not enough memory for %s (%d x %d x %d voxels). Resample or crop it "
                   "first.",
                   load->name, dims[0], dims[1], dims[2]);
      return FALSE;
    }
  load->int16 = scalar == SAG_SCALAR_INT16 ? voxels : NULL;
  load->single = scalar == SAG_SCALAR_INT16 ? NULL : voxels;
  load->volume = scalar == SAG_SCALAR_INT16 ? sag_volume_new_int16 (&load->geometry, voxels)
                                            : sag_volume_new_float (&load->geometry, voxels);
  sag_volume_set_source_type (load->volume, sag_raw_name (load->header.format.type));
  sag_volume_set_shown (load->volume, load->header.shown[0], load->header.shown[1]);
  sag_volume_set_warnings (load->volume, (const char *const *) load->warnings->pdata);
  return TRUE;
}

static gboolean
move_to_float (Load *load, GError **error)
{
  SagVolume    *before = g_steal_pointer (&load->volume);
  const gint16 *from = load->int16;
  gboolean      moved = new_volume (load, SAG_SCALAR_FLOAT32, error);

  for (gint64 i = 0; moved && i < load->n_done; i++)
    load->single[i] = from[i];
  sag_volume_unref (before);
  return moved;
}

static gboolean
convert_block (Load *load, void *raw, gsize n, GError **error)
{
  const SagRawFormat *format = &load->header.format;

  if (load->header.swap)
    sag_raw_swap (raw, n, sag_raw_size (format->type));
  if (load->int16 != NULL && !sag_raw_to_int16 (format, raw, n, load->int16 + load->n_done) &&
      !move_to_float (load, error))
    return FALSE;
  if (load->single != NULL)
    sag_raw_to_float (format, raw, n, load->single + load->n_done, &load->loss);
  load->n_done += n;
  return TRUE;
}

static void
report (Load *load)
{
  const gint64 slice = (gint64) load->geometry.dims[0] * load->geometry.dims[1];

  if (load->on_slices != NULL)
    load->on_slices (load->volume, (int) (load->n_done / slice), load->user_data);
}

static gboolean
read_voxels (Load *load, GError **error)
{
  const gint64 slice = (gint64) load->geometry.dims[0] * load->geometry.dims[1];
  const gsize  size = sag_raw_size (load->header.format.type);
  g_autoptr (SagReadAhead) ahead =
    sag_read_ahead_new (load->stream, load->n_voxels * size, load->header.n_volumes == 1);

  for (;;)
    {
      const gint64 n_before = load->n_done;
      gsize        n_bytes;
      void        *raw;

      if (g_cancellable_set_error_if_cancelled (load->cancellable, error))
        return FALSE;
      raw = sag_read_ahead_next (ahead, &n_bytes);
      if (raw == NULL)
        break;
      if (!convert_block (load, raw, n_bytes / size, error))
        return FALSE;
      if (load->n_done / slice > n_before / slice)
        report (load);
    }
  if (load->n_done < load->n_voxels)
    {
      set_short_error (load, error);
      return FALSE;
    }
  return TRUE;
}

/* What only the end of the stream tells. Somebody may have been shown the slices before, but gets
 * no volume. */
static gboolean
check_end (Load *load, GError **error)
{
  const SagStreamState state = sag_stream_get_state (load->stream);
  const SagRawLoss    *loss = &load->loss;
  guint                n_before = load->warnings->len;

  if (state == SAG_STREAM_DAMAGED && load->header.n_volumes == 1)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is damaged: its checksum does not match its voxels. Fetch it again.",
                   load->name);
      return FALSE;
    }
  if (state == SAG_STREAM_CUT && load->header.n_volumes == 1)
    sag_nifti_warn (load->warnings,
                    "The file ends before its checksum, so its voxels could not be verified.");
  if (loss->n_not_finite > 0)
    sag_nifti_warn (load->warnings,
                    "%" G_GUINT64_FORMAT " voxels hold no number (NaN or infinite).",
                    loss->n_not_finite);
  if (loss->n_rounded > 0)
    sag_nifti_warn (load->warnings,
                    "%" G_GUINT64_FORMAT " voxels hold numbers above 16777216 that were rounded.",
                    loss->n_rounded);
  if (load->warnings->len > n_before)
    sag_volume_set_warnings (load->volume, (const char *const *) load->warnings->pdata);
  return TRUE;
}

static SagVolume *
load_voxels (Load *load, GError **error)
{
  const guint64 position = sag_stream_get_position (load->stream);

  load->n_voxels = sag_geometry_n_voxels (&load->geometry);
  if (!check_size (load, error))
    return NULL;
  sag_stream_skip (load->stream, load->header.vox_offset - MIN (position, load->header.vox_offset),
                   load->cancellable);
  if (g_cancellable_set_error_if_cancelled (load->cancellable, error))
    return NULL;
  if (!new_volume (load, SAG_SCALAR_INT16, error))
    return NULL;
  report (load);
  if (!read_voxels (load, error) || !check_end (load, error))
    return NULL;
  return g_steal_pointer (&load->volume);
}

/* Reads and checks the header at the beginning of @stream. */
static gboolean
read_header (Load *load, SagStream *stream, const char *name, GError **error)
{
  guint8 bytes[SAG_NIFTI2_HEADER];
  gsize  n = sag_stream_read (stream, bytes, SAG_NIFTI1_HEADER),
        size = n >= 4 ? sag_nifti_header_size (bytes) : 0;
  const char *foreign;

  if (size > n)
    n += sag_stream_read (stream, bytes + n, size - n);
  if (sag_stream_get_state (stream) == SAG_STREAM_FAILED)
    {
      sag_stream_set_error (stream, error);
      return FALSE;
    }
  if (size > 0 && n >= size)
    return sag_nifti_header_parse (bytes, name, &load->header, load->warnings, error) &&
           sag_nifti_header_get_geometry (&load->header, name, &load->geometry, load->warnings,
                                          error);

  foreign = size == 0 ? sag_foreign_explain (name, bytes, n) : NULL;
  if (sag_stream_is_gzip (stream) && sag_stream_get_state (stream) == SAG_STREAM_DAMAGED)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                 "%s is damaged: its gzip data cannot be decompressed. Fetch it again.", name);
  else if (foreign != NULL && sag_stream_get_state (stream) != SAG_STREAM_CUT)
    g_set_error (error, SAG_ERROR, n == 0 ? SAG_ERROR_FORMAT : SAG_ERROR_UNSUPPORTED, "%s %s", name,
                 foreign);
  else if (n < SAG_NIFTI1_HEADER || size > 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s ends within its header. %s", name,
                 refetch);
  else
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_FORMAT,
      "%s is no NIfTI file, or its header is damaged. Open a .nii, .nii.gz, or .hdr with its .img.",
      name);
  return FALSE;
}

static void
load_clear (Load *load)
{
  g_clear_pointer (&load->volume, sag_volume_unref);
  g_clear_pointer (&load->warnings, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Load, load_clear)

static Load
load_init (SagSlicesFunc on_slices, gpointer user_data, GCancellable *cancellable)
{
  return (Load){
    .warnings = g_ptr_array_new_null_terminated (8, g_free, TRUE),
    .on_slices = on_slices,
    .user_data = user_data,
    .cancellable = cancellable,
  };
}

static void
set_no_image_error (const char *name, GError **error)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s is only the header of a pair: its .img (or .img.gz) is not beside it. Put both "
               "into one folder.",
               name);
}

SagVolume *
sag_nifti_load_memory (const char   *name,
                       const void   *data,
                       gsize         size_bytes,
                       const void   *image,
                       gsize         image_size_bytes,
                       SagSlicesFunc on_slices,
                       gpointer      user_data,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_auto (Load) load = load_init (on_slices, user_data, cancellable);
  g_autoptr (SagStream) header = sag_stream_new_for_memory (data, size_bytes);
  g_autoptr (SagStream) voxels =
    image != NULL ? sag_stream_new_for_memory (image, image_size_bytes) : NULL;

  load.name = name;
  if (!read_header (&load, header, name, error))
    return NULL;
  if (load.header.pair && voxels == NULL)
    {
      set_no_image_error (name, error);
      return NULL;
    }
  load.stream = load.header.pair ? voxels : header;
  return load_voxels (&load, error);
}

/* The other file of a pair: @path with one of its @from endings changed to the first of @to that
 * exists. */
static char *
find_partner (const char *path, const char *const *from, const char *const *to)
{
  for (; *from != NULL; from++)
    {
      const gsize stem = strlen (path) - MIN (strlen (path), strlen (*from));

      if (g_ascii_strcasecmp (path + stem, *from) != 0)
        continue;
      for (; *to != NULL; to++)
        {
          g_autofree char *partner = g_strdup_printf ("%.*s%s", (int) stem, path, *to);

          if (g_file_test (partner, G_FILE_TEST_EXISTS))
            return g_steal_pointer (&partner);
        }
      return NULL;
    }
  return NULL;
}

static const char *const header_ends[] = { ".hdr", ".hdr.gz", ".HDR", ".HDR.GZ", NULL };
static const char *const image_ends[] = { ".img", ".img.gz", ".IMG", ".IMG.GZ", NULL };

char **
sag_nifti_dup_files (const char *path)
{
  g_autofree char  *header = find_partner (path, image_ends, header_ends);
  g_autofree char  *image = header == NULL ? find_partner (path, header_ends, image_ends) : NULL;
  const char *const files[] = { header != NULL ? header : path, header != NULL ? path : image,
                                NULL };

  return g_strdupv ((char **) files);
}

char *
sag_nifti_hash_files (const char *path, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) files = sag_nifti_dup_files (path);
  g_autofree char *header = sag_hash_file_sha256 (files[0], cancellable, error);
  g_autofree char *image = NULL;
  g_autofree char *both = NULL;

  if (header == NULL || files[1] == NULL)
    return g_steal_pointer (&header);
  image = sag_hash_file_sha256 (files[1], cancellable, error);
  if (image == NULL)
    return NULL;
  both = g_strconcat (header, image, NULL);
  return sag_hash_sha256 (both, strlen (both));
}

SagVolume *
sag_nifti_load (const char   *path,
                SagSlicesFunc on_slices,
                gpointer      user_data,
                GCancellable *cancellable,
                GError      **error)
{
  static const char *const all_header_ends[] = { ".hdr", ".hdr.gz", ".nii", ".nii.gz", NULL };
  g_auto (Load) load = load_init (on_slices, user_data, cancellable);
  g_autofree char *header_path = NULL, *image_path = NULL, *name = NULL, *image_name = NULL;
  g_autoptr (SagStream) header = NULL;
  g_autoptr (SagStream) voxels = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  header_path = find_partner (path, image_ends, header_ends);
  if (header_path == NULL)
    header_path = g_strdup (path);
  name = sag_file_dup_display_name (header_path);
  header = sag_stream_open (header_path, error);
  if (header == NULL || !read_header (&load, header, name, error))
    return NULL;
  load.name = name;
  load.stream = header;
  if (load.header.pair)
    {
      image_path = find_partner (header_path, all_header_ends, image_ends);
      if (image_path == NULL)
        {
          set_no_image_error (name, error);
          return NULL;
        }
      load.name = image_name = sag_file_dup_display_name (image_path);
      load.stream = voxels = sag_stream_open (image_path, error);
      if (voxels == NULL)
        return NULL;
    }
  return load_voxels (&load, error);
}
