/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/source.h"

#include <string.h>

#define DEFLATED_SYNTAX "1.2.840.10008.1.2.1.99"

SagDicomInput *
sag_dicom_file_open (SagDicomFile *file, GError **error)
{
  const SagDicomLayout *layout = &file->header->layout;
  g_autoptr (SagDicomInput) input = sag_dicom_input_open (file->place, error);

  if (input == NULL || (strcmp (layout->transfer_syntax, DEFLATED_SYNTAX) == 0 &&
                        !sag_dicom_input_inflate (input, layout->data_offset, error)))
    return NULL;
  return g_steal_pointer (&input);
}

void
sag_dicom_sources_init (SagDicomSources *sources)
{
  g_mutex_init (&sources->lock);
  sources->shared = g_hash_table_new (NULL, NULL);
}

void
sag_dicom_sources_clear (SagDicomSources *sources)
{
  g_assert (g_hash_table_size (sources->shared) == 0);
  g_clear_pointer (&sources->shared, g_hash_table_unref);
  g_mutex_clear (&sources->lock);
}

/* Frames of a plain file are read one by one where they stand; the others need all that stands before them. */
static gboolean
can_share (const SagDicomFile *file)
{
  const SagDicomLayout *layout = &file->header->layout;

  return file->header->n_frames > 1 &&
         (layout->codec != SAG_DICOM_NATIVE || file->place->zip != NULL ||
          strcmp (layout->transfer_syntax, DEFLATED_SYNTAX) == 0);
}

static void
source_free (SagDicomSource *source)
{
  g_clear_pointer (&source->input, sag_dicom_input_free);
  g_clear_pointer (&source->fragments, sag_dicom_fragments_free);
  g_free (source);
}

static SagDicomSource *
source_new (SagDicomFile *file, GError **error)
{
  SagDicomSource *source = g_new0 (SagDicomSource, 1);
  const guint64   at = file->header->layout.pixel_value_offset;
  const guint8   *bytes;
  gsize           n_have;

  source->file = file;
  source->is_shared = can_share (file);
  source->n_users = 1;
  source->input = sag_dicom_file_open (file, error);
  if (source->input == NULL ||
      (source->is_shared &&
       !sag_dicom_input_read_all (source->input, SAG_DICOM_MOST_STREAM_BYTES, error)))
    {
      source_free (source);
      return NULL;
    }
  if (!source->is_shared || file->header->layout.codec == SAG_DICOM_NATIVE)
    return source;
  bytes = sag_dicom_input_want (source->input, sag_dicom_input_get_size (source->input), &n_have);
  if (n_have > at)
    source->fragments = sag_dicom_fragments_new (bytes + at, n_have - at, file->header->n_frames);
  return source;
}

SagDicomSource *
sag_dicom_sources_open (SagDicomSources *sources, SagDicomFile *file, GError **error)
{
  SagDicomSource *source;

  if (!can_share (file))
    return source_new (file, error);
  g_mutex_lock (&sources->lock);
  source = g_hash_table_lookup (sources->shared, file);
  if (source != NULL)
    source->n_users++;
  else
    source = source_new (file, error);
  if (source != NULL)
    g_hash_table_insert (sources->shared, file, source);
  g_mutex_unlock (&sources->lock);
  return source;
}

void
sag_dicom_sources_close (SagDicomSources *sources, SagDicomSource *source)
{
  gboolean is_last = TRUE;

  if (source == NULL)
    return;
  if (source->is_shared)
    {
      g_mutex_lock (&sources->lock);
      is_last = --source->n_users == 0;
      if (is_last)
        g_hash_table_remove (sources->shared, source->file);
      g_mutex_unlock (&sources->lock);
    }
  if (is_last)
    source_free (source);
}
