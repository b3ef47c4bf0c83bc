/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/check.h"

#include "model/bundle/bundle-private.h"
#include "model/core/hash.h"

#include <math.h>
#include <string.h>

#define CHUNK_VALUES ((gsize) 65536)

static const char *const check_names[] = {
  [SAG_BUNDLE_CHECK_FILES] = "files",           [SAG_BUNDLE_CHECK_TENSORS] = "tensors",
  [SAG_BUNDLE_CHECK_VALUES] = "values",         [SAG_BUNDLE_CHECK_VOCABULARY] = "vocabulary",
  [SAG_BUNDLE_CHECK_LATERALITY] = "laterality",
};

static const char *const state_names[] = {
  [SAG_CHECK_NOT_RUN] = "not run",       [SAG_CHECK_PASSED] = "passed",
  [SAG_CHECK_FAILED] = "failed",         [SAG_CHECK_INCONCLUSIVE] = "inconclusive",
  [SAG_CHECK_POINTLESS] = "not checked",
};

void
sag_bundle_report_free (SagBundleReport *report)
{
  if (report == NULL)
    return;
  for (int c = 0; c < SAG_BUNDLE_N_CHECKS; c++)
    g_free (report->sentences[c]);
  g_free (report);
}

void
sag_bundle_report_set (SagBundleReport *report,
                       SagBundleCheck   check,
                       SagCheckState    state,
                       char            *sentence)
{
  g_return_if_fail (report != NULL && check < SAG_BUNDLE_N_CHECKS);

  g_free (report->sentences[check]);
  report->sentences[check] = sentence;
  report->states[check] = state;
}

gboolean
sag_bundle_report_passed (const SagBundleReport *report)
{
  g_return_val_if_fail (report != NULL, FALSE);

  for (int c = 0; c < SAG_BUNDLE_N_CHECKS; c++)
    if (report->states[c] == SAG_CHECK_FAILED)
      return FALSE;
  return TRUE;
}

char *
sag_bundle_report_format (const SagBundleReport *report)
{
  GString *text;

  g_return_val_if_fail (report != NULL, NULL);

  text = g_string_new (NULL);
  for (int c = 0; c < SAG_BUNDLE_N_CHECKS; c++)
    g_string_append_printf (text, "%-11s %-13s %s\n", check_names[c],
                            state_names[report->states[c]],
                            report->sentences[c] != NULL ? report->sentences[c] : "");
  return g_string_free (text, FALSE);
}

void
sag_bundle_report_write (const SagBundleReport *report, SagJsonWriter *json)
{
  g_return_if_fail (report != NULL && json != NULL);

  for (int c = 0; c < SAG_BUNDLE_N_CHECKS; c++)
    {
      sag_json_begin_object (json, check_names[c]);
      sag_json_string (json, "state",
                       report->states[c] != SAG_CHECK_POINTLESS ? state_names[report->states[c]]
                                                                : NULL);
      sag_json_string (json, "sentence", report->sentences[c]);
      sag_json_end_object (json);
    }
}

/* FALSE only when cancelled; a file that is not what bundle.json recorded is a finding. */
static gboolean
check_files (SagBundleReport   *report,
             const char        *folder,
             const SagManifest *manifest,
             GCancellable      *cancellable,
             GError           **error)
{
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    {
      const char      *name = sag_bundle_file_get_name ((SagBundleFile) f);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) problem = NULL;
      g_autofree char *sha256 = sag_hash_file_sha256 (path, cancellable, &problem);

      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (sha256 == NULL || strcmp (sha256, manifest->sha256[f]) != 0)
        {
          sag_bundle_report_set (
            report, SAG_BUNDLE_CHECK_FILES, SAG_CHECK_FAILED,
            sha256 == NULL
              ? g_strdup (problem->message)
              : g_strdup_printf (
                  "%s is not the file that the bundle was made with; copy the bundle again.",
                  name));
          return TRUE;
        }
    }
  sag_bundle_report_set (report, SAG_BUNDLE_CHECK_FILES, SAG_CHECK_PASSED,
                         g_strdup ("All files have the hashes that bundle.json recorded."));
  return TRUE;
}

typedef struct
{
  SagWeightMap *weights;
  double        lora_scaling;
  GCancellable *cancellable;
  float        *values;
  gsize         n_values;
  char         *finding;
} Values;

/* What is wrong with some values of a weight, or NULL. */
static const char *
find_bad (const SagWeightSpec *spec, const float *values, gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    {
      if (!isfinite (values[i]))
        return isnan (values[i]) ? "a NaN" : "an infinite value";
      if (spec->kind == SAG_WEIGHT_RUNNING_VAR && values[i] < 0)
        return "a negative variance";
    }
  return NULL;
}

static bool
check_weight (const SagWeightSpec *spec, void *user_data)
{
  Values *check = user_data;

  for (gsize done = 0; done < spec->n_values;)
    {
      gsize       piece = MIN (spec->n_values - done, CHUNK_VALUES);
      const char *bad;

      if (g_cancellable_is_cancelled (check->cancellable))
        return false;
      sag_weight_map_read (check->weights, spec->name, check->lora_scaling, done, piece,
                           check->values);
      bad = find_bad (spec, check->values, piece);
      if (bad != NULL)
        {
          check->finding = g_strdup_printf (
            "Tensor \"%s\" holds %s; the training that made it went wrong, or the file is damaged.",
            spec->name, bad);
          return false;
        }
      done += piece;
    }
  check->n_values += spec->n_values;
  return true;
}

char *
sag_bundle_find_bad_value (const SagManifest *manifest,
                           SagWeightMap      *weights,
                           gsize             *n_values,
                           GCancellable      *cancellable)
{
  g_autofree float *values = g_new (float, CHUNK_VALUES);
  Values            check = { weights, manifest->lora_scaling, cancellable, values, 0, NULL };

  sag_network_foreach_weight (&manifest->network, check_weight, &check);
  if (n_values != NULL)
    *n_values = check.n_values;
  return check.finding;
}

static gboolean
check_values (SagBundleReport   *report,
              const SagManifest *manifest,
              SagWeightMap      *weights,
              GCancellable      *cancellable,
              GError           **error)
{
  gsize n_values;
  char *finding = sag_bundle_find_bad_value (manifest, weights, &n_values, cancellable);

  if (finding != NULL)
    sag_bundle_report_set (report, SAG_BUNDLE_CHECK_VALUES, SAG_CHECK_FAILED, finding);
  else if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  else
    sag_bundle_report_set (
      report, SAG_BUNDLE_CHECK_VALUES, SAG_CHECK_PASSED,
      g_strdup_printf ("All %" G_GSIZE_FORMAT " values are finite.", n_values));
  return TRUE;
}

static void
check_vocabulary (SagBundleReport *report, const char *folder, const SagManifest *manifest)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (SagTokenizer) tokenizer = sag_bundle_load_tokenizer (folder, manifest, &problem);

  if (tokenizer == NULL)
    sag_bundle_report_set (report, SAG_BUNDLE_CHECK_VOCABULARY, SAG_CHECK_FAILED,
                           g_strdup (problem->message));
  else
    sag_bundle_report_set (report, SAG_BUNDLE_CHECK_VOCABULARY, SAG_CHECK_PASSED,
                           g_strdup_printf ("%" G_GSIZE_FORMAT " words for a word table of %d.",
                                            sag_tokenizer_get_n_words (tokenizer),
                                            manifest->network.n_words));
}

SagBundleReport *
sag_bundle_check (const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagBundleReport) report = NULL;
  g_autoptr (SagManifest) manifest = NULL;
  g_autoptr (SagWeightMap) weights = NULL;
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  report = g_new0 (SagBundleReport, 1);
  manifest = sag_bundle_load_manifest (folder, NULL, &problem);
  if (manifest == NULL)
    {
      sag_bundle_report_set (report, SAG_BUNDLE_CHECK_FILES, SAG_CHECK_FAILED,
                             g_strdup (problem->message));
      return g_steal_pointer (&report);
    }
  if (!check_files (report, folder, manifest, cancellable, error))
    return NULL;
  check_vocabulary (report, folder, manifest);
  weights = sag_bundle_load_weights (folder, manifest, &problem);
  if (weights == NULL)
    {
      sag_bundle_report_set (report, SAG_BUNDLE_CHECK_TENSORS, SAG_CHECK_FAILED,
                             g_strdup (problem->message));
      return g_steal_pointer (&report);
    }
  sag_bundle_report_set (report, SAG_BUNDLE_CHECK_TENSORS, SAG_CHECK_PASSED,
                         g_strdup ("All tensors are there and have their shapes."));
  if (!check_values (report, manifest, weights, cancellable, error))
    return NULL;
  return g_steal_pointer (&report);
}
