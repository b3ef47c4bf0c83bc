/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/answer/map.h"
#include "model/core/error.h"
#include "model/core/number.h"
#include "render/slice/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  SagCliModel model;
  SagCliAsk   ask;
  char       *plane;
  char       *at;
  char       *window;
  char       *size;
  double      scale;
  double      zoom;
  double      threshold;
  gboolean    neurological;
  char       *output;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  sag_cli_model_clear (&self->model);
  g_strfreev (self->ask.texts);
  g_free (self->ask.lungs);
  g_free (self->plane);
  g_free (self->at);
  g_free (self->window);
  g_free (self->size);
  g_free (self->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* Everything that a picture borrows, alive until it is drawn. */
typedef struct
{
  SagCliCase      *one; /* NULL without tasks */
  SagVolume       *volume;
  SagRenderPicture picture;
  SagRenderAnswer  answers[SAG_RENDER_N_ANSWER_COLOURS];
  SagRenderHeatmap heatmaps[SAG_RENDER_N_ANSWER_COLOURS];
  const char      *badges[SAG_RENDER_N_ANSWER_COLOURS][3];
  SagRenderNote    answer_notes[SAG_RENDER_N_ANSWER_COLOURS];
  SagRenderNote    notes[2];
  char             numbers[SAG_RENDER_N_ANSWER_COLOURS][8];
  char            *name;
  char            *subtitle;
  char            *footer;
} Scene;

static void
scene_clear (Scene *self)
{
  g_clear_pointer (&self->one, sag_cli_case_free);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_free (self->name);
  g_free (self->subtitle);
  g_free (self->footer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gboolean
parse (Arguments *self, int argc, char **argv, char ***rest)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output, "The picture", "OUT.png" },
    { "plane", 'p', 0, G_OPTION_ARG_STRING, &self->plane,
      "axial, coronal, sagittal or grid (default)", "NAME" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &self->at, "RAS mm, or peak: the first task's highest score",
      "X,Y,Z|peak" },
    { "task", 't', 0, G_OPTION_ARG_STRING_ARRAY, &self->ask.texts, "Draw its scores; up to seven",
      "TEXT" },
    { "window", 0, 0, G_OPTION_ARG_STRING, &self->window,
      "lung, mediastinum, bone, ... or WIDTH/LEVEL", "NAME" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &self->threshold,
      "Scores below it are transparent; 0.5 by default", "SCORE" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size, "Logical pixels; 1440x900 by default",
      "WxH" },
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &self->scale, "Device pixels for a logical one", "X" },
    { "zoom", 0, 0, G_OPTION_ARG_DOUBLE, &self->zoom, "Enlarge around the point", "X" },
    { "neurological", 0, 0, G_OPTION_ARG_NONE, &self->neurological, "Patient's right on the right",
      NULL },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &self->ask.raw, "Raw cells instead of a smooth map", NULL },
    { "lungs", 0, 0, G_OPTION_ARG_FILENAME, &self->ask.lungs, "Lung mask or TotalSegmentator map",
      "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &self->ask.force,
      "Ask even where the scan is out of scope", NULL },
    SAG_CLI_MODEL_ENTRIES (self->model),
    { NULL },
  };

  self->scale = 1;
  self->zoom = 1;
  self->threshold = 0.5;
  return sag_cli_parse (argc, argv, "render FILE -o OUT.png",
                        "Draws slices of a scan, and answers over them.", entries, 1, 1, rest);
}

static gboolean
bad_option (GError **error, const char *option, const char *wanted, const char *text)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s takes %s, not \"%s\".", option, wanted,
               text);
  return FALSE;
}

static gboolean
set_layout (const Arguments *self, SagRenderPicture *picture, GError **error)
{
  static const char *const planes[] = { "axial", "coronal", "sagittal" };

  picture->layout = SAG_RENDER_LAYOUT_GRID;
  if (self->plane == NULL || strcmp (self->plane, "grid") == 0)
    return TRUE;
  picture->layout = SAG_RENDER_LAYOUT_PLANE;
  picture->width = picture->height = 900;
  for (gsize i = 0; i < G_N_ELEMENTS (planes); i++)
    if (strcmp (self->plane, planes[i]) == 0)
      {
        picture->plane = (SagRenderPlane) i;
        return TRUE;
      }
  return bad_option (error, "--plane", "axial, coronal, sagittal or grid", self->plane);
}

static gboolean
set_window (const Arguments *self, SagRenderPicture *picture, GError **error)
{
  const SagRenderPreset *preset;
  g_auto (GStrv) parts = NULL;

  if (self->window == NULL)
    return TRUE;
  preset = sag_render_preset_find (self->window);
  parts = g_strsplit (self->window, "/", 2);
  if (preset != NULL)
    picture->frame.window = preset->window;
  else if (g_strv_length (parts) != 2 ||
           !sag_number_parse (parts[0], &picture->frame.window.width) ||
           !sag_number_parse (parts[1], &picture->frame.window.level) ||
           picture->frame.window.width <= 0)
    return bad_option (error, "--window",
                       "a preset such as lung or mediastinum, or WIDTH/LEVEL such as 400/40",
                       self->window);
  return TRUE;
}

static gboolean
set_size (const Arguments *self, SagRenderPicture *picture, GError **error)
{
  g_auto (GStrv) parts = self->size != NULL ? g_strsplit (self->size, "x", 2) : NULL;
  guint64 width, height;

  picture->scale = self->scale;
  picture->zoom = self->zoom;
  picture->neurological = self->neurological;
  if (self->size == NULL)
    return TRUE;
  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 16, 16384, &width, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 16, 16384, &height, NULL))
    return bad_option (error, "--size", "a size such as 1440x900", self->size);
  picture->width = (int) width;
  picture->height = (int) height;
  return TRUE;
}

static void
add_map (Scene *self, const Arguments *arguments, guint i)
{
  const SagAnswer  *answer = self->one->answers->pdata[i];
  SagRenderHeatmap *map = &self->heatmaps[i];
  SagRenderAnswer  *card = &self->answers[i];

  map->cells = answer->cells;
  map->geometry = answer->cell_geometry;
  map->scale = sag_render_scale_init (i);
  map->scale.threshold = arguments->threshold;
  map->raw_cells = arguments->ask.raw;
  map->outline = TRUE;
  card->scale = &map->scale;
  card->has_peak = TRUE;
  memcpy (card->peak_ras_mm, answer->peak_ras_mm, sizeof card->peak_ras_mm);
  if (answer->has_class && answer->patch_head != SAG_TRAINING_TRAINED)
    {
      self->answer_notes[i].text = SAG_CLI_NOT_LOCALISED;
      card->notes = &self->answer_notes[i];
      card->n_notes = 1;
    }
  self->picture.frame.n_heatmaps = i + 1;
}

/* Words and colours of answer @i; a map is drawn for each, as it was asked for by drawing it. */
static void
add_answer (Scene *self, const Arguments *arguments, guint i)
{
  const SagAnswer *answer = self->one->answers->pdata[i];
  SagRenderAnswer *card = &self->answers[i];

  *card = (SagRenderAnswer){
    .colour = sag_render_answer_colours[i],
    .task = answer->text,
    .fraction = NAN,
    .reference = NAN,
    .badges = self->badges[i],
    .map_max = answer->peak_score,
  };
  if (answer->has_class)
    {
      g_snprintf (self->numbers[i], sizeof self->numbers[i], "%.2f", answer->probability);
      card->number = self->numbers[i];
      card->number_words = "model probability, balanced training mix";
      card->fraction = answer->probability;
    }
  self->badges[i][0] =
    sag_training_to_string (answer->has_class ? answer->class_head : answer->patch_head);
  self->badges[i][1] = answer->calibration != NULL ? "calibrated" : "uncalibrated";
  if (answer->has_map)
    add_map (self, arguments, i);
}

static void
add_notes (Scene *self, SagEngine *engine)
{
  SagBundle           *bundle = sag_engine_get_bundle (engine);
  const SagEngineInfo *info = sag_engine_get_info (engine);
  guint                n = 0;

  if (!sag_bundle_is_trained (bundle))
    self->notes[n++] =
      (SagRenderNote){ SAG_RENDER_NOTE_UNTRAINED, TRUE, SAG_RENDER_NOTE_UNTRAINED_BRIEF };
  else if (sag_bundle_is_synthetic (bundle))
    self->notes[n++] =
      (SagRenderNote){ SAG_RENDER_NOTE_SYNTHETIC, TRUE, SAG_RENDER_NOTE_SYNTHETIC_BRIEF };
  self->notes[n++] = (SagRenderNote){ SAG_RENDER_NOTE_RESEARCH, FALSE, NULL };
  self->picture.notes = self->notes;
  self->picture.n_notes = n;
  self->footer =
    g_strdup_printf ("%s, %s, %s", sag_bundle_get_name (bundle), info->device, info->precision);
  self->picture.footer = self->footer;
}

static gboolean
ask_scan (Scene *self, const Arguments *arguments, const char *path, GError **error)
{
  g_autoptr (SagEngine) engine = sag_cli_open_engine (&arguments->model, error);

  if (engine == NULL)
    return FALSE;
  self->one = sag_cli_case_new (engine, path, &arguments->ask, error);
  if (self->one == NULL)
    return FALSE;
  if (self->one->answers == NULL)
    {
      sag_cli_case_refuse (self->one, error);
      return FALSE;
    }
  self->volume = sag_volume_ref (self->one->volume);
  self->picture = sag_render_picture_init (self->volume);
  for (guint i = 0; i < self->one->answers->len; i++)
    add_answer (self, arguments, i);
  self->picture.answers = self->answers;
  self->picture.n_answers = self->one->answers->len;
  self->picture.frame.heatmaps = self->heatmaps;
  self->picture.frame.box = sag_prepared_get_input_geometry (self->one->prepared);
  add_notes (self, engine);
  return TRUE;
}

static gboolean
set_point (const Arguments *arguments, Scene *scene, GError **error)
{
  const SagAnswer *first;

  if (arguments->at == NULL)
    return TRUE;
  if (strcmp (arguments->at, "peak") != 0)
    return sag_cli_triple (arguments->at, "--at", scene->picture.at_ras_mm, error);
  if (scene->one == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "--at peak needs a --task whose peak to show.");
      return FALSE;
    }
  first = scene->one->answers->pdata[0];
  if (!first->has_map)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "--at peak needs a map, and a multi-label bundle draws none; give the "
                           "point in mm.");
      return FALSE;
    }
  memcpy (scene->picture.at_ras_mm, first->peak_ras_mm, sizeof scene->picture.at_ras_mm);
  return TRUE;
}

static gboolean
draw (const Arguments *arguments, Scene *scene, const char *path, GError **error)
{
  if (arguments->ask.texts != NULL && !ask_scan (scene, arguments, path, error))
    return FALSE;
  if (scene->volume == NULL)
    {
      scene->volume = sag_cli_load_case (path, &scene->name, error);
      if (scene->volume == NULL)
        return FALSE;
      scene->picture = sag_render_picture_init (scene->volume);
    }
  if (scene->one != NULL)
    scene->name = g_strdup (scene->one->name);
  scene->subtitle = sag_cli_describe_volume (scene->volume);
  scene->picture.title = scene->name;
  scene->picture.subtitle = scene->subtitle;
  if (!set_layout (arguments, &scene->picture, error) ||
      !set_window (arguments, &scene->picture, error) ||
      !set_size (arguments, &scene->picture, error) || !set_point (arguments, scene, error) ||
      !sag_render_picture_save (&scene->picture, arguments->output, sag_pool_get_default (), error))
    return FALSE;
  sag_cli_print_warnings (scene->volume);
  return TRUE;
}

int
sag_cli_render (int argc, char **argv)
{
  g_auto (Arguments) arguments = { 0 };
  g_auto (Scene) scene = { 0 };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (&arguments, argc, argv, &rest))
    return SAG_CLI_USAGE;
  if (arguments.output == NULL)
    return sag_cli_usage (argv[0], "Say where the picture goes: -o OUT.png");
  if (arguments.ask.texts != NULL &&
      g_strv_length (arguments.ask.texts) > SAG_RENDER_N_ANSWER_COLOURS)
    return sag_cli_usage (argv[0], "A picture holds up to %d tasks", SAG_RENDER_N_ANSWER_COLOURS);
  if (!(arguments.threshold >= 0 && arguments.threshold <= 1))
    return sag_cli_usage (argv[0], "--threshold is a score from 0 to 1");
  sag_cli_get_cancellable ();
  if (arguments.ask.texts != NULL && !sag_cli_check_texts (arguments.ask.texts, &error))
    return sag_cli_fail (error);
  if (!draw (&arguments, &scene, rest[0], &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}
