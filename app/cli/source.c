/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/source.h"

#include "model/core/file.h"
#include "model/tune/project-looks.h"

#include <glib/gstdio.h>
#include <stdio.h>

static gboolean
take_snapshot (SagCliSource *self, const SagSnapshotOptions *options, GError **error)
{
  g_autoptr (SagStore) store = NULL;
  g_autofree char *inside = NULL;

  self->folder = g_dir_make_tmp ("sagitta-XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;
  inside = g_build_filename (self->folder, "snapshot", NULL);
  store = sag_store_open (self->path, SAG_STORE_READ, NULL, error);
  if (store == NULL)
    return FALSE;
  sag_cli_progress ("Reading labels and masks", 0);
  self->snapshot = sag_snapshot_new (store, options, inside, sag_cli_get_cancellable (), error);
  sag_cli_progress (NULL, 0);
  if (self->snapshot == NULL)
    return FALSE;
  self->manifest = sag_snapshot_dup_manifest (self->snapshot, 0);
  return TRUE;
}

gboolean
sag_cli_source_open (SagCliSource             *source,
                     const char               *path,
                     const SagSnapshotOptions *options,
                     GError                  **error)
{
  source->path = g_strdup (path);
  source->name = sag_file_dup_display_name (path);
  if (!sag_snapshot_is_project (path))
    source->manifest = g_strdup (path);
  else if (!take_snapshot (source, options, error))
    return FALSE;
  source->dataset = sag_dataset_load (source->manifest, error);
  return source->dataset != NULL;
}

void
sag_cli_source_clear (SagCliSource *source)
{
  g_clear_pointer (&source->dataset, sag_dataset_unref);
  g_clear_pointer (&source->snapshot, sag_snapshot_free);
  if (source->folder != NULL)
    sag_cli_remove_folder (source->folder);
  g_clear_pointer (&source->folder, g_free);
  g_clear_pointer (&source->manifest, g_free);
  g_clear_pointer (&source->path, g_free);
  g_clear_pointer (&source->name, g_free);
}

gboolean
sag_cli_source_parse_state (const char *word, SagCaseState *state)
{
  *state = SAG_CASE_NEW;
  return word == NULL || (sag_case_state_parse (word, state) && *state >= SAG_CASE_DONE);
}

char *
sag_cli_source_dup_case (const SagSample *sample, gpointer data)
{
  const SagCliSource *self = data;

  if (self->snapshot != NULL)
    return g_strdup_printf ("case %s", sample->study);
  return g_strdup_printf ("line %u", sample->line);
}

void
sag_cli_source_look (const SagCliSource  *source,
                     const SagEvaluation *evaluation,
                     SagBundle *const    *bundles,
                     gsize                n_bundles,
                     SagLooks            *looks)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = sag_looks_dup_hash (evaluation);
  const char      *hashes[SAG_EVALUATE_MOST_MODELS];

  for (gsize b = 0; b < n_bundles; b++)
    hashes[b] = sag_bundle_get_sha256 (bundles[b]);
  if (!sag_looks_note (NULL, hash, hashes, n_bundles, looks, &error))
    fprintf (stderr, "%s\n", error->message);
  if (source->snapshot != NULL)
    {
      g_autoptr (SagStore) store = sag_store_open (source->path, SAG_STORE_WRITE, NULL, NULL);

      if (store != NULL && !sag_store_is_read_only (store))
        sag_project_looks_note (store, hash, hashes, n_bundles, looks, NULL);
    }
}
