/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/result.h"

#include "model/dataset/manifest.h"
#include "model/tune/snapshot.h"
#include "model/tune/tune.h"

struct _SagTuneResult
{
  char          *folder;
  char          *page;
  SagReportFile *report;
  SagSnapshot   *snapshot; /* nullable */
  GHashTable    *scans;    /* case (gint64) -> path */
};

static void
read_scans (SagTuneResult *self)
{
  g_autofree char *manifest = sag_snapshot_dup_manifest (self->snapshot, 0);
  g_autoptr (SagDataset) dataset = sag_dataset_load (manifest, NULL);

  for (gsize i = 0; dataset != NULL && i < sag_dataset_get_n (dataset); i++)
    {
      const SagSample *sample = sag_dataset_get (dataset, i);
      gint64           id = sample->study != NULL ? g_ascii_strtoll (sample->study, NULL, 10) : 0;

      g_hash_table_insert (self->scans, g_memdup2 (&id, sizeof id), g_strdup (sample->image));
    }
}

SagTuneResult *
sag_tune_result_load (const char *folder, GError **error)
{
  g_autoptr (SagTuneResult) self = g_new0 (SagTuneResult, 1);
  g_autofree char *report = sag_tune_dup_report (folder);
  g_autofree char *snapshot = g_build_filename (folder, "snapshot", NULL);

  self->folder = g_strdup (folder);
  self->page = g_build_filename (folder, "report.html", NULL);
  self->scans = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->report = sag_report_file_load (report, error);
  if (self->report == NULL)
    return NULL;
  if (!g_file_test (self->page, G_FILE_TEST_IS_REGULAR))
    g_clear_pointer (&self->page, g_free);
  self->snapshot = sag_snapshot_open (snapshot, NULL);
  if (self->snapshot != NULL)
    read_scans (self);
  return g_steal_pointer (&self);
}

void
sag_tune_result_free (SagTuneResult *result)
{
  if (result == NULL)
    return;
  g_free (result->folder);
  g_free (result->page);
  sag_report_file_free (result->report);
  g_clear_pointer (&result->snapshot, sag_snapshot_free);
  g_hash_table_unref (result->scans);
  g_free (result);
}

const SagReportFile *
sag_tune_result_get_report (const SagTuneResult *result)
{
  return result->report;
}

const char *
sag_tune_result_get_folder (const SagTuneResult *result)
{
  return result->folder;
}

const char *
sag_tune_result_get_page (const SagTuneResult *result)
{
  return result->page;
}

const char *
sag_tune_result_get_name (const SagTuneResult *result, gint64 id)
{
  g_autofree char       *study = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  const SagSnapshotCase *one =
    result->snapshot != NULL ? sag_snapshot_find_case (result->snapshot, study) : NULL;

  return one != NULL && one->name != NULL && *one->name != '\0' ? one->name : NULL;
}

const char *
sag_tune_result_get_scan (const SagTuneResult *result, gint64 id)
{
  return g_hash_table_lookup (result->scans, &id);
}
