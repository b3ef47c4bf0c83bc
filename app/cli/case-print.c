/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include <math.h>
#include <stdio.h>

/* A line under a task; what follows the label stands below what follows SAG_CLI_LABEL. */
#define SAG_CLI_DETAIL "    %-9s "

#define SENTENCE_COLUMNS 84

void
sag_cli_print_sentence (const char *label, const char *sentence)
{
  g_auto (GStrv) words = g_strsplit (sentence, " ", -1);
  glong column = 0;

  printf (SAG_CLI_LABEL, label);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      glong length = g_utf8_strlen (words[i], -1);

      if (column > 0 && column + 1 + length > SENTENCE_COLUMNS)
        {
          printf ("\n" SAG_CLI_LABEL, "");
          column = 0;
        }
      printf (column > 0 ? " %s" : "%s", words[i]);
      column += length + (column > 0);
    }
  printf ("\n");
}

void
sag_cli_print_warnings (const SagVolume *volume)
{
  const char *const *warnings = sag_volume_get_warnings (volume);

  for (gsize i = 0; warnings[i] != NULL; i++)
    sag_cli_print_sentence (i ? "" : "note", warnings[i]);
}

void
sag_cli_scope_print (const SagScope *scope)
{
  printf (SAG_CLI_LABEL "%s", "scope", sag_scope_verdict_to_string (scope->verdict));
  if (scope->lungs_found)
    {
      double left = scope->left_lung_ml / 1000, right = scope->right_lung_ml / 1000;

      printf (": lungs %.2f l (left %.2f, right %.2f)", left + right, left, right);
      if (scope->lung_share_in_box == 1)
        printf (", all inside the analysed box");
      else if (isfinite (scope->lung_share_in_box))
        printf (", %.0f %% of them inside the analysed box",
                floor (scope->lung_share_in_box * 100));
    }
  printf ("\n");
  for (gsize i = 0; scope->reasons != NULL && scope->reasons[i] != NULL; i++)
    sag_cli_print_sentence ("", scope->reasons[i]);
}

void
sag_cli_scope_write (const SagScope *scope, SagJsonWriter *writer)
{
  sag_json_string (writer, "verdict", sag_scope_verdict_to_string (scope->verdict));
  sag_json_boolean (writer, "lungs_found", scope->lungs_found);
  sag_json_number (writer, "left_lung_ml", round (scope->left_lung_ml));
  sag_json_number (writer, "right_lung_ml", round (scope->right_lung_ml));
  sag_json_number (writer, "lung_share_in_box", round (scope->lung_share_in_box * 1e4) / 1e4);
  sag_json_number (writer, "slice_thickness_mm", scope->slice_thickness_mm);
  sag_json_string (writer, "contrast", sag_contrast_to_string (scope->contrast));
  sag_json_strings (writer, "reasons", (const char *const *) scope->reasons);
}

static void
print_header (const SagCliCase *self, SagEngine *engine)
{
  SagBundle           *bundle = sag_engine_get_bundle (engine);
  const SagEngineInfo *info = sag_engine_get_info (engine);
  g_autofree char     *volume = sag_cli_describe_volume (self->volume);

  printf ("%s%s%s\n", sag_cli_bold (TRUE), self->name, sag_cli_bold (FALSE));
  printf (SAG_CLI_LABEL "%s\n", "scan", volume);
  sag_cli_print_warnings (self->volume);
  sag_cli_scope_print (sag_prepared_get_scope (self->prepared));
  printf (SAG_CLI_LABEL "%s\n", "bundle", sag_bundle_get_name (bundle));
  if (!sag_bundle_is_trained (bundle))
    printf (SAG_CLI_LABEL "%sUntrained model: the numbers mean nothing%s\n", "",
            sag_cli_bold (TRUE), sag_cli_bold (FALSE));
  else if (sag_bundle_is_synthetic (bundle))
    printf (SAG_CLI_LABEL "Demonstration model, trained on synthetic scans\n", "");
  printf (SAG_CLI_LABEL "%s: %s, %s\n", "engine", info->engine, info->device, info->precision);
}

/* "16 mm to the right" of a move along R, A, S. */
static char *
describe_shift (const double shift_mm[3])
{
  static const char *const words[3][2] = {
    { "to the right", "to the left" },
    { "forwards", "backwards" },
    { "towards the head", "towards the feet" },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (int a = 0; a < 3; a++)
    if (shift_mm[a] != 0)
      g_string_append_printf (text, "%s%.0f mm %s", text->len ? ", " : "", fabs (shift_mm[a]),
                              words[a][shift_mm[a] < 0]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_trial (const SagTrial *trial)
{
  g_autofree char *shift = describe_shift (trial->shift_mm);
  const char      *what = trial->text;

  if (trial->kind == SAG_TRIAL_SHIFTED_BOX)
    what = shift;
  else if (trial->kind == SAG_TRIAL_AIR)
    what = "a box of nothing but air";
  printf (SAG_CLI_DETAIL "%.2f  %-11s  %s\n", "", trial->number,
          sag_trial_kind_to_string (trial->kind), what);
}

static void
print_robust (const SagRobust *robust)
{
  const char *kind = robust->of_scores ? "highest scores" : "probabilities";

  printf (SAG_CLI_DETAIL "%s differ by %.2f in other words, by %.2f in shifted boxes;\n", "robust",
          kind, robust->wording_spread, robust->box_spread);
  printf (SAG_CLI_DETAIL "the nearest control is %.2f away%s\n", "", robust->closest_control,
          robust->wording_sensitive ? "   [wording-sensitive]" : "");
  for (SagTrialKind k = SAG_TRIAL_PARAPHRASE; k <= SAG_TRIAL_AIR; k++)
    for (guint i = 0; i < robust->trials->len; i++)
      if (((SagTrial *) robust->trials->pdata[i])->kind == k)
        print_trial (robust->trials->pdata[i]);
}

static void
print_number (float number, const char *what, SagTraining training)
{
  printf ("    %s%.2f%s      %-47s [%s]\n", sag_cli_bold (TRUE), number, sag_cli_bold (FALSE), what,
          sag_training_to_string (training));
}

static void
print_calibrated (const SagAnswer *answer)
{
  const SagCalibrationTask *task = answer->calibration;
  gsize                     n = task->n_positives + task->n_negatives;

  printf ("    %s%.2f%s      %-47s [%s]\n", sag_cli_bold (TRUE), answer->calibrated,
          sag_cli_bold (FALSE), "probability among the cases of its calibration", "calibrated");
  printf (SAG_CLI_DETAIL "above %.0f %% of negatives, %.0f %% of positives; %zu cases, %.0f %% "
                         "positive, %s\n",
          "", 100 * answer->above[0], 100 * answer->above[1], n,
          100 * (double) task->n_positives / (double) n, task->date);
}

static void
print_map (const SagCliCase *self, guint i)
{
  const SagAnswer *answer = self->answers->pdata[i];
  g_autofree char *place = NULL;
  g_autofree char *score = NULL;

  if (!answer->has_map)
    {
      printf (SAG_CLI_DETAIL "%s\n", "map", "none: a multi-label bundle draws no map");
      return;
    }
  place = sag_cli_place (answer->peak_ras_mm);
  score = g_strdup_printf ("highest score, at %s", place);
  print_number (answer->peak_score, score, answer->patch_head);
  if (i >= self->heatmaps->len)
    return;
  printf (SAG_CLI_DETAIL "%s\n", "map", (char *) self->heatmaps->pdata[i]);
  if (answer->has_class && answer->patch_head != SAG_TRAINING_TRAINED)
    sag_cli_print_sentence ("", SAG_CLI_NOT_LOCALISED);
}

static void
print_answer (const SagCliCase *self, guint i)
{
  const SagAnswer *answer = self->answers->pdata[i];

  printf ("\n  %s%s%s\n", sag_cli_bold (TRUE), answer->text, sag_cli_bold (FALSE));
  if (answer->has_class)
    print_number (answer->probability, "model probability, balanced training mix",
                  answer->class_head);
  if (answer->calibration != NULL)
    print_calibrated (answer);
  print_map (self, i);
  if (i < self->evidence->len)
    printf (SAG_CLI_DETAIL "%s\n", "evidence",
            answer->has_class ? (char *) self->evidence->pdata[i]
                              : "none: a text that asks for a mask has no class number");
  if (self->robust != NULL)
    print_robust (self->robust->pdata[i]);
}

void
sag_cli_case_print (const SagCliCase *self, SagEngine *engine)
{
  g_autofree char *load = sag_cli_seconds (self->load_s);
  g_autofree char *prepare = sag_cli_seconds (self->prepare_s);
  g_autofree char *encode = sag_cli_seconds (self->encode_s);
  g_autofree char *ask = sag_cli_seconds (self->ask_s);

  print_header (self, engine);
  for (guint i = 0; self->answers != NULL && i < self->answers->len; i++)
    print_answer (self, i);
  if (self->answers != NULL)
    printf ("\n" SAG_CLI_LABEL "load %s, prepare %s, encode %s, ask %s\n", "time", load, prepare,
            encode, ask);
  printf ("  Research use, not a medical device.\n\n");
}

static void
write_result (const SagCliCase *self, guint i, SagJsonWriter *writer)
{
  const char *map = i < self->heatmaps->len ? self->heatmaps->pdata[i] : NULL;

  sag_json_begin_object (writer, NULL);
  sag_answer_write (self->answers->pdata[i], map, writer);
  if (i < self->evidence->len)
    sag_json_string (writer, "evidence", self->evidence->pdata[i]);
  if (self->robust != NULL)
    {
      sag_json_begin_object (writer, "robust");
      sag_robust_write (self->robust->pdata[i], writer);
      sag_json_end_object (writer);
    }
  sag_json_end_object (writer);
}

static void
write_timing (SagJsonWriter *writer, const char *name, double seconds)
{
  sag_json_number (writer, name, round (seconds * 1e4) / 10);
}

void
sag_cli_case_write (const SagCliCase *self, SagEngine *engine, SagJsonWriter *writer)
{
  SagBundle *bundle = sag_engine_get_bundle (engine);

  sag_json_string (writer, "case", self->name);
  sag_json_begin_object (writer, "bundle");
  sag_json_string (writer, "name", sag_bundle_get_name (bundle));
  sag_json_string (writer, "sha256", sag_bundle_get_sha256 (bundle));
  sag_json_boolean (writer, "trained", sag_bundle_is_trained (bundle));
  sag_json_boolean (writer, "synthetic", sag_bundle_is_synthetic (bundle));
  sag_json_end_object (writer);
  sag_json_string (writer, "engine", sag_engine_get_info (engine)->engine);
  sag_json_string (writer, "precision", sag_engine_get_info (engine)->precision);
  sag_json_strings (writer, "warnings", sag_volume_get_warnings (self->volume));
  sag_json_begin_object (writer, "scope");
  sag_cli_scope_write (sag_prepared_get_scope (self->prepared), writer);
  sag_json_end_object (writer);
  sag_json_begin_object (writer, "timings_ms");
  write_timing (writer, "load", self->load_s);
  write_timing (writer, "prepare", self->prepare_s);
  write_timing (writer, "encode", self->encode_s);
  write_timing (writer, "ask", self->ask_s);
  sag_json_end_object (writer);
  sag_json_begin_array (writer, "results");
  for (guint i = 0; self->answers != NULL && i < self->answers->len; i++)
    write_result (self, i, writer);
  sag_json_end_array (writer);
  sag_json_begin_object (writer, "provenance");
  sag_provenance_write (self->provenance, writer);
  sag_json_end_object (writer);
  sag_json_string (writer, "notice", "Research use, not a medical device");
}
