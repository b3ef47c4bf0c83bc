/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/cohort.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"
#include "model/core/json-writer.h"
#include "model/core/pool.h"
#include "model/phantom/finding.h"
#include "model/phantom/random.h"
#include "model/volume/nifti.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* What the manifest has to know of a member once its volumes are written. */
typedef struct
{
  guint64  seed;
  guint    findings;
  gboolean seen[256]; /* labels of which the map of findings has enough */
} Member;

typedef struct
{
  const SagCohort *cohort;
  Member          *members;
  SagCohortFunc    progress;
  gpointer         user_data;
  GCancellable    *cancellable;
  GMutex           lock;
  guint            n_done;
  GError          *error;
} Job;

static char *
dup_name (guint64 seed, const char *suffix)
{
  return g_strdup_printf ("phantom-%06" G_GUINT64_FORMAT "%s", seed, suffix);
}

static char *
dup_path (const SagCohort *cohort, guint64 seed, const char *suffix)
{
  g_autofree char *name = dup_name (seed, suffix);

  return g_build_filename (cohort->folder, name, NULL);
}

static char *
describe (const SagCohort *cohort, const SagPhantomOptions *options, const Member *member)
{
  g_autoptr (SagJsonWriter) json = sag_json_writer_new ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, member->seed);

  sag_json_begin_object (json, NULL);
  sag_json_string (json, "kind", "Sagitta phantom");
  sag_json_boolean (json, "synthetic", TRUE);
  sag_json_integer (json, "version", SAG_COHORT_VERSION);
  sag_json_string (json, "seed", seed); /* a string: JSON numbers hold 53 bits */
  sag_json_numbers (json, "spacing_mm", cohort->spacing_mm, 3);
  sag_json_string (json, "orientation", options->orientation);
  sag_json_boolean (json, "enhanced", options->enhanced);
  sag_json_begin_array (json, "findings");
  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    if (member->findings >> f & 1)
      sag_json_string (json, NULL, sag_finding_get_name (1u << f));
  sag_json_end_array (json);
  sag_json_begin_array (json, "labels_seen");
  for (guint l = 0; l < G_N_ELEMENTS (member->seen); l++)
    if (member->seen[l])
      sag_json_integer (json, NULL, l);
  sag_json_end_array (json);
  sag_json_end_object (json);
  return sag_json_writer_finish (json);
}

static gboolean
reads_the_same (const SagCohort *cohort, JsonObject *object, const char *seed)
{
  JsonArray *spacing;

  if (!json_object_has_member (object, "version") || !json_object_has_member (object, "seed") ||
      !json_object_has_member (object, "spacing_mm") ||
      !json_object_has_member (object, "labels_seen") ||
      !JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, "spacing_mm")) ||
      !JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, "labels_seen")) ||
      json_object_get_int_member (object, "version") != SAG_COHORT_VERSION ||
      g_strcmp0 (json_object_get_string_member (object, "seed"), seed) != 0)
    return FALSE;
  spacing = json_object_get_array_member (object, "spacing_mm");
  for (guint a = 0; a < 3; a++)
    if (json_array_get_length (spacing) != 3 ||
        ABS (json_array_get_double_element (spacing, a) - cohort->spacing_mm[a]) > 1e-9)
      return FALSE;
  return TRUE;
}

/* Whether the member's files are there already; then also what they hold. */
static gboolean
recall (const SagCohort *cohort, Member *member)
{
  static const char *const suffixes[] = { ".nii.gz", "_labels.nii.gz", "_findings.nii.gz" };
  g_autofree char         *path = dup_path (cohort, member->seed, ".json");
  g_autofree char         *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, member->seed);
  g_autoptr (JsonNode) node = sag_json_parse_file (path, 1 << 16, NULL);
  JsonArray *seen;

  for (guint s = 0; s < G_N_ELEMENTS (suffixes); s++)
    {
      g_autofree char *volume = dup_path (cohort, member->seed, suffixes[s]);

      if (!g_file_test (volume, G_FILE_TEST_IS_REGULAR))
        return FALSE;
    }
  if (node == NULL || !reads_the_same (cohort, json_node_get_object (node), seed))
    return FALSE;
  seen = json_object_get_array_member (json_node_get_object (node), "labels_seen");
  for (guint i = 0; i < json_array_get_length (seen); i++)
    {
      gint64 label = json_array_get_int_element (seen, i);

      if (label < 0 || label > 255)
        return FALSE;
      member->seen[label] = TRUE;
    }
  return TRUE;
}

/* Leaves findings only, and notes of which there is enough to be seen. */
static gint16 *
dup_findings (const SagPhantom *phantom, Member *member)
{
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->labels);
  gsize              n = sag_geometry_n_voxels (geometry);
  const gint16      *labels = sag_volume_get_int16 (phantom->labels);
  gint16            *findings = g_new (gint16, n);
  gsize              counts[256] = { 0 };
  double             spacing[3], voxel_ml;

  sag_geometry_spacing_mm (geometry, spacing);
  voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000;
  for (gsize v = 0; v < n; v++)
    {
      findings[v] = labels[v] > SAG_PHANTOM_BODY ? labels[v] : 0;
      counts[findings[v]]++;
    }
  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    {
      guint8 label = sag_finding_get_label (1u << f);

      if (label != 0 && counts[label] > 0)
        member->seen[label] =
          (double) counts[label] * voxel_ml >= sag_finding_get_least_ml (1u << f);
    }
  return findings;
}

static gboolean
write_member (Job *job, Member *member, GError **error)
{
  const SagCohort         *cohort = job->cohort;
  static const char *const suffixes[] = { ".nii.gz", "_labels.nii.gz", "_findings.nii.gz",
                                          ".json" };
  g_auto (GStrv) paths = g_new0 (char *, G_N_ELEMENTS (suffixes) + 1);
  g_autofree gint16 *findings = NULL;
  g_autofree char   *text = NULL;
  g_autoptr (SagPhantom) phantom = NULL;
  const SagGeometry *geometry;
  SagPhantomOptions  options;

  for (guint p = 0; p < G_N_ELEMENTS (suffixes); p++)
    paths[p] = dup_path (cohort, member->seed, suffixes[p]);
  sag_cohort_draw (member->seed, &options);
  memcpy (options.spacing_mm, cohort->spacing_mm, sizeof options.spacing_mm);
  phantom = sag_phantom_new (&options);
  if (phantom == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT,
                           "A phantom of that spacing is too large; take a coarser spacing.");
      return FALSE;
    }
  geometry = sag_volume_get_geometry (phantom->image);
  findings = dup_findings (phantom, member);
  text = describe (cohort, &options, member);
  g_unlink (paths[3]); /* it says that the volumes are whole */
  return sag_nifti_save (paths[0], geometry, SAG_NIFTI_INT16, sag_volume_get_int16 (phantom->image),
                         "Sagitta phantom", job->cancellable, error) &&
         sag_nifti_save (paths[1], geometry, SAG_NIFTI_INT16,
                         sag_volume_get_int16 (phantom->organs), "Sagitta phantom, labels",
                         job->cancellable, error) &&
         sag_nifti_save (paths[2], geometry, SAG_NIFTI_INT16, findings, "Sagitta phantom, findings",
                         job->cancellable, error) &&
         sag_file_save (paths[3], text, strlen (text), error);
}

static void
make_member (gsize item, guint worker, gpointer data)
{
  Job              *job = data;
  Member           *member = &job->members[item];
  SagPhantomOptions options;
  GError           *error = NULL;
  gboolean          good;

  g_mutex_lock (&job->lock);
  good = job->error == NULL;
  g_mutex_unlock (&job->lock);
  if (!good)
    return;
  member->seed = job->cohort->seed + item;
  sag_cohort_draw (member->seed, &options);
  member->findings = options.findings;
  good = !g_cancellable_set_error_if_cancelled (job->cancellable, &error) &&
         (recall (job->cohort, member) || write_member (job, member, &error));
  g_mutex_lock (&job->lock);
  if (good)
    {
      job->n_done++;
      if (job->progress != NULL)
        job->progress (job->n_done, job->user_data);
    }
  else if (job->error == NULL)
    job->error = g_steal_pointer (&error);
  g_clear_error (&error);
  g_mutex_unlock (&job->lock);
}

/* 0 to 2 as in SagCohort.share. Members are dealt out evenly, by the golden ratio, and keep their split when the cohort
 * grows. */
static guint
choose_split (const SagCohort *cohort, guint64 seed)
{
  double place = (double) ((seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 11) * 0x1p-53;

  if (place < cohort->share[0])
    return 0;
  return place < cohort->share[0] + cohort->share[1] ? 1 : 2;
}

/* TRUE or FALSE, or -1 where a finding was drawn and cannot be seen. */
static int
get_truth (const SagCohortTask *task, const Member *member)
{
  gboolean hidden = FALSE;

  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    if (member->findings & task->findings & (1u << f))
      {
        guint8 label = sag_finding_get_label (1u << f);

        if (label == 0 || member->seen[label])
          return TRUE;
        hidden = TRUE;
      }
  return hidden ? -1 : FALSE;
}

/* Whether a finding was drawn that has this value in the map. */
static gboolean
has_drawn (const Member *member, guint8 label)
{
  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    if (member->findings & (1u << f) && sag_finding_get_label (1u << f) == label)
      return TRUE;
  return FALSE;
}

/* What shows in the map of findings that a diagnosis is true: nothing where it changes an organ and adds none, or where
 * the member has the same from a finding that is not meant. */
static guint
list_shown (const SagCohortTask *task,
            const Member        *member,
            gboolean             truth,
            guint8               values[SAG_N_FINDINGS])
{
  guint n = 0;

  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    if (task->findings & (1u << f))
      {
        guint8 label = sag_finding_get_label (1u << f);

        if (label == 0 || (!truth && has_drawn (member, label)))
          return 0;
        if (n == 0 || memchr (values, label, n) == NULL)
          values[n++] = label;
      }
  return n;
}

static void
append_label (
  GString *table, const Member *member, const char *question, gboolean truth, const char *split)
{
  g_autofree char *name = dup_name (member->seed, "");

  g_string_append_printf (table, "%s,%s.nii.gz,%d,%s,,,%s,%s\n", question, name, truth, split, name,
                          name);
}

static void
append_mask (GString      *table,
             const Member *member,
             const char   *question,
             const char   *map,
             const guint8 *values,
             guint         n_values,
             const char   *split)
{
  g_autofree char *name = dup_name (member->seed, "");

  g_string_append_printf (table, "%s,%s.nii.gz,,%s,%s%s.nii.gz,", question, name, split, name, map);
  for (guint v = 0; v < n_values; v++)
    g_string_append_printf (table, "%s%u", v > 0 ? ";" : "", values[v]);
  g_string_append_printf (table, ",%s,%s\n", name, name);
}

/* A diagnosis has a row with its label, and one with its mask where it shows: its map is learned in its own words. */
static void
append_rows (GString             *table,
             const SagCohortTask *task,
             const Member        *member,
             const char          *question,
             const char          *split)
{
  guint8   values[SAG_N_FINDINGS];
  guint    n_values;
  gboolean truth;

  if (task->findings == 0)
    {
      append_mask (table, member, question, task->in_findings ? "_findings" : "_labels",
                   task->values, task->n_values, split);
      return;
    }
  truth = get_truth (task, member) == TRUE;
  append_label (table, member, question, truth, split);
  n_values = list_shown (task, member, truth, values);
  if (n_values > 0)
    append_mask (table, member, question, "_findings", values, n_values, split);
}

static void
append_member (GString *tables[2], const SagCohort *cohort, const Member *member)
{
  static const char *const splits[] = { "train", "validation", "test" };
  guint                    n_tasks, split = choose_split (cohort, member->seed);
  const SagCohortTask     *tasks = sag_cohort_get_tasks (&n_tasks);

  for (guint t = 0; t < n_tasks; t++)
    {
      guint64          choice = sag_random_hash (sag_random_hash (member->seed, 77), t);
      g_autofree char *other = NULL;
      g_autofree char *unseen = NULL;

      if (tasks[t].findings != 0 && get_truth (&tasks[t], member) < 0)
        continue;
      if (split == 0 && choice >> 63)
        other = sag_cohort_dup_wording (&tasks[t], SAG_WORDING_TRAINED, choice);
      append_rows (tables[0], &tasks[t], member, other != NULL ? other : tasks[t].text,
                   splits[split]);
      if (split != 2)
        continue;
      unseen = sag_cohort_dup_wording (&tasks[t], SAG_WORDING_HELD_OUT, choice);
      append_rows (tables[1], &tasks[t], member, unseen, splits[split]);
    }
}

static gboolean
write_tables (const SagCohort *cohort, const Member *members, GError **error)
{
  static const char *const names[] = { "manifest.csv", "test-wordings.csv" };
  GString                 *tables[2];
  gboolean                 good = TRUE;

  for (guint t = 0; t < 2; t++)
    tables[t] = g_string_new (
      "question,img_file_path,label,split,mask_file_path,mask_values,patient_id,study_id\n");
  for (guint m = 0; m < cohort->n; m++)
    append_member (tables, cohort, &members[m]);
  for (guint t = 0; t < 2; t++)
    {
      g_autofree char *path = g_build_filename (cohort->folder, names[t], NULL);

      good = good && sag_file_save (path, tables[t]->str, tables[t]->len, error);
      g_string_free (tables[t], TRUE);
    }
  return good;
}

static gboolean
check (SagCohort *cohort, GError **error)
{
  double sum = 0;

  for (guint a = 0; a < 3; a++)
    {
      if (cohort->spacing_mm[a] == 0)
        cohort->spacing_mm[a] = 3;
      if (!(cohort->share[a] >= 0 && cohort->share[a] <= 1))
        sum = G_MAXDOUBLE;
      sum += cohort->share[a];
    }
  if (!(ABS (sum - 1) < 1e-6))
    {
      g_set_error_literal (
        error, SAG_ERROR, SAG_ERROR_ARGUMENT,
        "The shares of training, validation and test must lie between 0 and 1 and sum to 1.");
      return FALSE;
    }
  if (g_mkdir_with_parents (cohort->folder, 0777) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   "The folder %s cannot be made: %s. Choose another folder.", cohort->folder,
                   g_strerror (code));
      return FALSE;
    }
  return TRUE;
}

gboolean
sag_cohort_write (const SagCohort *cohort,
                  SagCohortFunc    progress,
                  gpointer         user_data,
                  GCancellable    *cancellable,
                  GError         **error)
{
  SagCohort checked;
  Job       job = { .progress = progress, .user_data = user_data, .cancellable = cancellable };
  gboolean  good;

  g_return_val_if_fail (cohort != NULL && cohort->folder != NULL && cohort->n > 0, FALSE);

  checked = *cohort;
  if (!check (&checked, error))
    return FALSE;
  job.cohort = &checked;
  job.members = g_new0 (Member, cohort->n);
  g_mutex_init (&job.lock);
  sag_pool_run (sag_pool_get_default (), cohort->n, make_member, &job);
  g_mutex_clear (&job.lock);
  good = job.error == NULL;
  if (!good)
    g_propagate_error (error, job.error);
  good = good && write_tables (&checked, job.members, error);
  g_free (job.members);
  return good;
}
