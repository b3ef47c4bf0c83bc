/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/bundle/check.h"
#include "model/bundle/create.h"
#include "model/bundle/import.h"
#include "model/core/error.h"
#include "model/dataset/manifest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* SAG_CLI_SOURCE_ENTRIES: what every new bundle is told. */
#define SAG_CLI_SOURCE_ENTRIES(source)                                                                \
  { "output", 'o',                                                                                    \
    0,        G_OPTION_ARG_FILENAME,                                                                  \
    &output,  "The new bundle's folder, which must not exist",                                        \
    "DIR" },                                                                                          \
    { "vocab",                                                                                        \
      0,                                                                                              \
      0,                                                                                              \
      G_OPTION_ARG_FILENAME,                                                                          \
      &(source).vocabulary,                                                                           \
      "Vocabulary of the text model, one word a line",                                                \
      "FILE" },                                                                                       \
    { "name",                                                                                         \
      0,                                                                                              \
      0,                                                                                              \
      G_OPTION_ARG_STRING,                                                                            \
      &(source).name,                                                                                 \
      "The bundle's name; the folder's by default",                                                   \
      "NAME" },                                                                                       \
    { "recipe", 0, 0, G_OPTION_ARG_STRING, &(source).recipe, "upstream (default) or paper", "NAME" }, \
    { "tasks",                                                                                        \
      0,                                                                                              \
      0,                                                                                              \
      G_OPTION_ARG_FILENAME,                                                                          \
      &(source).tasks,                                                                                \
      "JSON list of what the heads were trained on",                                                  \
      "FILE" },                                                                                       \
    { "license", 0, 0, G_OPTION_ARG_FILENAME, &(source).license, "Becomes the bundle's LICENSE",      \
      "FILE" },                                                                                       \
    { "weights-license",        0,     0, G_OPTION_ARG_STRING, &(source).weights_license,             \
      "Licence of the weights", "NAME" },                                                             \
    { "data-license",                                                                                 \
      0,                                                                                              \
      0,                                                                                              \
      G_OPTION_ARG_STRING,                                                                            \
      &(source).data_license,                                                                         \
      "Licence of the training data",                                                                 \
      "NAME" },                                                                                       \
  {                                                                                                   \
    "permitted-use", 0, 0, G_OPTION_ARG_STRING, &(source).permitted_use,                              \
      "What the weights may be used for", "TEXT"                                                      \
  }

static void
source_clear (SagBundleSource *source)
{
  const char **texts[] = {
    &source->name,   &source->vocabulary,      &source->license,      &source->tasks,
    &source->recipe, &source->weights_license, &source->data_license, &source->permitted_use,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free ((char *) *texts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagBundleSource, source_clear)

static gboolean
parse_sizes (const char *text,
             const char *option,
             gint32     *values,
             guint       most,
             gint32     *n_values,
             GError    **error)
{
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, ",", -1) : NULL;
  guint n = parts != NULL ? g_strv_length (parts) : 0;

  for (guint i = 0; i < n; i++)
    {
      guint64 value;

      if (n > most ||
          !g_ascii_string_to_unsigned (g_strstrip (parts[i]), 10, 1, 65536, &value, NULL))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "%s takes whole numbers such as 256,160,128, not \"%s\".", option, text);
          return FALSE;
        }
      values[i] = (gint32) value;
    }
  if (n_values != NULL)
    *n_values = n;
  else if (n != 0 && n != most)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s takes %u numbers, not \"%s\".", option,
                 most, text);
  return n_values != NULL || n == 0 || n == most;
}

static void
print_bundle (SagBundle *bundle)
{
  g_autofree char *text = sag_bundle_inspect (bundle);

  fputs (text, stdout);
}

static int
run_import (int argc, char **argv)
{
  g_auto (SagBundleSource) source = { 0 };
  SagBundleImport    import = { 0 };
  g_autofree char   *weights = NULL, *config = NULL, *train = NULL, *output = NULL;
  g_autofree char   *input = NULL, *cells = NULL, *strides = NULL;
  const GOptionEntry entries[] = {
    { "weights", 'w', 0, G_OPTION_ARG_FILENAME, &weights, "model.safetensors of the checkpoint",
      "FILE" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &config, "config.json of the text model", "FILE" },
    { "train-config", 0, 0, G_OPTION_ARG_FILENAME, &train, "train_config.yaml of the checkpoint",
      "FILE" },
    { "heads", 0, 0, G_OPTION_ARG_INT, &import.heads, "Attention heads, if no config says", "N" },
    { "input", 0, 0, G_OPTION_ARG_STRING, &input, "Network input; 256,160,128 by default",
      "X,Y,Z" },
    { "cells", 0, 0, G_OPTION_ARG_STRING, &cells, "Cells of a token; 4,4,4 by default", "X,Y,Z" },
    { "strides", 0, 0, G_OPTION_ARG_STRING, &strides,
      "Strides of the stages, if they are not EfficientNet-b0's", "A,B,..." },
    { "lora-scaling", 0, 0, G_OPTION_ARG_DOUBLE, &import.lora_scaling,
      "alpha / r of LoRA, if no train config says", "X" },
    SAG_CLI_SOURCE_ENTRIES (source),
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;

  if (!sag_cli_parse (argc, argv, "bundle import --weights F --config F --vocab F -o DIR",
                      "Makes a bundle of a checkpoint of upstream. What the tensors' shapes tell "
                      "is not asked.",
                      entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  if (weights == NULL || source.vocabulary == NULL || output == NULL)
    return sag_cli_usage ("bundle import", "--weights, --vocab and -o are needed");
  source.cancellable = sag_cli_get_cancellable ();
  import.source = source;
  import.weights = weights;
  import.config = config;
  import.train_config = train;
  if (!parse_sizes (input, "--input", import.input, 3, NULL, &error) ||
      !parse_sizes (cells, "--cells", import.cells, 3, NULL, &error) ||
      !parse_sizes (strides, "--strides", import.strides, SAG_MAX_STAGES, &import.n_strides,
                    &error))
    return sag_cli_fail (error);
  bundle = sag_bundle_import (&import, output, &error);
  if (bundle == NULL)
    return sag_cli_fail (error);
  print_bundle (bundle);
  return SAG_CLI_DONE;
}

/* Every question of a manifest that has a label, once, in order. */
static gboolean
read_questions (const char *path, GStrv *questions, GError **error)
{
  g_autoptr (SagDataset) dataset = sag_dataset_load (path, error);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; dataset != NULL && i < sag_dataset_get_n (dataset); i++)
    {
      const SagSample *sample = sag_dataset_get (dataset, i);

      if (!isnan (sample->label) && g_hash_table_add (seen, sample->question))
        g_ptr_array_add (list, g_strdup (sample->question));
    }
  if (dataset != NULL && list->len == 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%s has no row with a label; a multi-label bundle has an output for each question "
                 "that has.",
                 path);
  if (list->len == 0)
    return FALSE;
  g_ptr_array_add (list, NULL);
  *questions = (GStrv) g_ptr_array_steal (list, NULL);
  return TRUE;
}

/* What shapes a text model that a multi-label bundle does not have, or NULL. */
static const char *
find_useless (const SagBundleSource *source,
              const SagBundleCreate *create,
              const char            *text,
              const char            *config)
{
  const struct
  {
    const char *option;
    gboolean    said;
  } options[] = { { "--text", text != NULL },        { "--vocab", source->vocabulary != NULL },
                  { "--config", config != NULL },    { "--layers", create->text_layers != 0 },
                  { "--heads", create->heads != 0 }, { "--embeddings", create->embeddings != 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].said)
      return options[i].option;
  return NULL;
}

static int
run_create (int argc, char **argv)
{
  g_auto (SagBundleSource) source = { 0 };
  SagBundleCreate  create = { 0 };
  g_autofree char *vision = NULL, *text = NULL, *config = NULL, *output = NULL;
  g_autofree char *input = NULL, *size = NULL, *manifest = NULL;
  g_auto (GStrv) questions = NULL;
  const char        *useless;
  gboolean           random = FALSE;
  gint64             seed = 1;
  const GOptionEntry entries[] = {
    { "vision", 0, 0, G_OPTION_ARG_FILENAME, &vision, "timm's 2D tf_efficientnet_b0 as safetensors",
      "FILE" },
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &text, "BERT or MegatronBert as safetensors", "FILE" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &config, "config.json of the text model", "FILE" },
    { "random", 0, 0, G_OPTION_ARG_NONE, &random, "Random weights where no file is given", NULL },
    { "seed", 's', 0, G_OPTION_ARG_INT64, &seed, "Seed of everything random", "S" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "Of what is random: small (default) or full",
      "NAME" },
    { "layers", 0, 0, G_OPTION_ARG_INT, &create.text_layers, "Text layers to keep; 4 by default",
      "N" },
    { "heads", 0, 0, G_OPTION_ARG_INT, &create.heads, "Attention heads, if no config says", "N" },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &create.hidden, "Width of random text layers", "N" },
    { "embeddings", 0, 0, G_OPTION_ARG_DOUBLE, &create.embeddings,
      "Standard deviation of random embeddings; 0.02 by default", "X" },
    { "width", 0, 0, G_OPTION_ARG_DOUBLE, &create.width,
      "Multiplies the channels of a random EfficientNet-b0", "X" },
    { "input", 0, 0, G_OPTION_ARG_STRING, &input,
      "Network input; 256,160,128, or smaller where all is random and small", "X,Y,Z" },
    { "multi-label", 0, 0, G_OPTION_ARG_FILENAME, &manifest,
      "The paper's baseline: no text, an output for each of its questions", "MANIFEST" },
    SAG_CLI_SOURCE_ENTRIES (source),
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;

  if (!sag_cli_parse (
        argc, argv, "bundle create [--vision F] [--text F --vocab F] [--random --seed S] -o DIR",
        "Makes an untrained bundle from public parts, or a random one.", entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  if (output == NULL || (!random && (vision == NULL || (text == NULL && manifest == NULL))) ||
      seed < 0)
    return sag_cli_usage ("bundle create",
                          "-o is needed, and both --vision and --text, or --random");
  if (manifest != NULL && (useless = find_useless (&source, &create, text, config)) != NULL)
    return sag_cli_usage ("bundle create", "A --multi-label bundle reads no text and takes no %s",
                          useless);
  if (size != NULL && strcmp (size, "small") != 0 && strcmp (size, "full") != 0)
    return sag_cli_usage ("bundle create", "--size is small or full");
  source.cancellable = sag_cli_get_cancellable ();
  create.source = source;
  create.vision = vision;
  create.text = text;
  create.config = config;
  create.full = g_strcmp0 (size, "full") == 0;
  if (!(create.embeddings >= 0) || create.embeddings > 100)
    return sag_cli_usage ("bundle create", "--embeddings is a number from 0 to 100");
  create.seed = seed;
  if (!parse_sizes (input, "--input", create.input, 3, NULL, &error) ||
      (manifest != NULL && !read_questions (manifest, &questions, &error)))
    return sag_cli_fail (error);
  create.questions = questions;
  bundle = sag_bundle_create (&create, output, &error);
  if (bundle == NULL)
    return sag_cli_fail (error);
  print_bundle (bundle);
  return SAG_CLI_DONE;
}

static int
run_inspect (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;

  if (!sag_cli_parse (argc, argv, "bundle inspect DIR",
                      "Says what a bundle is, what it was trained on, and what it may be used for.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  bundle = sag_bundle_load (rest[0], &error);
  if (bundle == NULL)
    return sag_cli_fail (error);
  print_bundle (bundle);
  return SAG_CLI_DONE;
}

int
sag_cli_bundle (int argc, char **argv)
{
  static const SagCliCommand commands[] = {
    { "import", "make a bundle of a checkpoint of upstream", run_import },
    { "create", "make an untrained bundle from public parts, or a random one", run_create },
    { "inspect", "say what a bundle is", run_inspect },
    { "check", "verify files, weights, vocabulary and sides", sag_cli_bundle_check },
    { "publish", "make a copy to hand on, half the size", sag_cli_bundle_publish },
  };

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  if (argc < 2)
    return sag_cli_usage ("bundle", "Say what to do: import, create, inspect, check or publish");
  if (strcmp (argv[1], "--help") != 0 && strcmp (argv[1], "-h") != 0)
    return sag_cli_usage (
      "bundle", "There is no \"%s\", but import, create, inspect, check and publish", argv[1]);
  printf ("Usage: sagitta-cli bundle COMMAND [OPTION...]\n\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  %-10s %s\n", commands[i].name, commands[i].summary);
  printf ("\nsagitta-cli bundle COMMAND --help says more.\n");
  return SAG_CLI_DONE;
}
