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

static void
source_free (SagDicomSource *source)
{
  g_clear_pointer (&source->input, sag_dicom_input_free);
  g_clear_pointer (&source->fragments, sag_dicom_fragments_free);
  g_clear_error (&source->error);
  g_free (source);
}

void
sag_dicom_sources_clear (SagDicomSources *sources)
{
  GHashTableIter iter;
  gpointer       source;

  g_hash_table_iter_init (&iter, sources->shared);
  while (g_hash_table_iter_next (&iter, NULL, &source))
    {
      g_assert (((SagDicomSource *) source)->error != NULL);
      source_free (source);
    }
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

guint64
sag_dicom_file_most_bytes (const SagDicomFile *file)
{
  return file->header->layout.codec == SAG_DICOM_NATIVE ? SAG_DICOM_INPUT_MOST_BYTES
                                                        : SAG_DICOM_MOST_STREAM_BYTES;
}

/* With its error if it cannot be read. */
static SagDicomSource *
source_new (SagDicomFile *file)
{
  SagDicomSource *source = g_new0 (SagDicomSource, 1);
  const guint64   at = file->header->layout.pixel_value_offset;
  const guint8   *bytes;
  gsize           n_have;

  source->file = file;
  source->is_shared = can_share (file);
  source->input = sag_dicom_file_open (file, &source->error);
  if (source->input == NULL || !source->is_shared ||
      !sag_dicom_input_read_all (source->input, sag_dicom_file_most_bytes (file), &source->error) ||
      file->header->layout.codec == SAG_DICOM_NATIVE)
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
    {
      source = source_new (file);
      if (source->error == NULL)
        return source;
      g_propagate_error (error, g_steal_pointer (&source->error));
      source_free (source);
      return NULL;
    }
  g_mutex_lock (&sources->lock);
  source = g_hash_table_lookup (sources->shared, file);
  if (source == NULL)
    {
      source = source_new (file);
      g_hash_table_insert (sources->shared, file, source);
    }
  if (source->error == NULL)
    source->n_users++;
  else
    {
      g_propagate_error (error, g_error_copy (source->error));
      source = NULL;
    }
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
