/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/create.h"

#include "model/bundle/calibrate.h"
#include "model/bundle/infer.h"
#include "model/bundle/parts.h"
#include "model/bundle/save.h"
#include "model/bundle/source.h"
#include "model/core/error.h"
#include "model/core/paths.h"
#include "model/text/tokenizer.h"
#include "model/text/vocabulary.h"

#include <string.h>

#define SHIPPED_VOCABULARY "bundles/untrained/vocab.txt"
#define MAX_HIDDEN 65536 /* more than sag_network_validate() lets through */
#define MAX_WIDTH 4

static const char random_license[] =
  "These weights are random numbers from a seed. Nobody holds rights in them.\n";

/* Everything that a new bundle is made of, while it is made. */
typedef struct
{
  SagManifest *manifest;
  SagParts     parts;
  GBytes      *vocabulary;
  gsize        n_words;
  GBytes      *license;
} Creation;

static void
creation_clear (Creation *creation)
{
  g_clear_pointer (&creation->manifest, sag_manifest_free);
  g_clear_pointer (&creation->parts.vision, sag_tensor_file_unref);
  g_clear_pointer (&creation->parts.text, sag_tensor_file_unref);
  g_clear_pointer (&creation->parts.statistics, g_hash_table_unref);
  g_clear_pointer (&creation->vocabulary, g_bytes_unref);
  g_clear_pointer (&creation->license, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Creation, creation_clear)

static gint32
choose (gint32 said, gboolean full, gint32 large, gint32 small)
{
  if (said != 0)
    return said;
  return full ? large : small;
}

/* EfficientNet-b0 with its channels multiplied. */
static gboolean
random_vision (const SagBundleCreate *create, SagNetwork *network, GError **error)
{
  double   width = create->width;
  SagStage stages[SAG_MAX_STAGES];
  int      n_stages = sag_network_b0_stages (stages);

  if (width == 0)
    width = create->full ? 1 : 0.25;
  if (!(width > 0 && width <= MAX_WIDTH))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "--width must lie between 0 and %d.",
                   MAX_WIDTH);
      return FALSE;
    }
  for (int s = 0; s < n_stages; s++)
    stages[s].out_channels = sag_network_round_channels (stages[s].out_channels, width);
  network->stem_channels = sag_network_round_channels (32, width);
  network->head_channels = sag_network_round_channels (1280, width);
  network->batch_norm_eps = 1e-3f;
  return sag_network_set_stages (network, stages, n_stages);
}

static void
random_text (const SagBundleCreate *create, gsize n_words, SagNetwork *network)
{
  network->text_kind = SAG_TEXT_BERT;
  network->n_words = (int32_t) n_words;
  network->n_positions = create->positions != 0 ? create->positions : 512;
  network->n_types = 2;
  network->hidden = choose (create->hidden, create->full, 768, 64);
  network->n_heads = choose (create->heads, create->full, 12, 4);
  network->intermediate =
    create->intermediate != 0 ? create->intermediate : 4 * CLAMP (network->hidden, 0, MAX_HIDDEN);
  network->text_layers = choose (create->text_layers, create->full, 4, 2);
  network->layer_norm_eps = 1e-12f;
}

static gboolean
public_vision (const SagBundleCreate *create,
               Creation              *creation,
               SagNetwork            *network,
               GError               **error)
{
  const SagInferHints nothing = { 0 };
  SagShapes shapes = { sag_parts_find_vision, NULL, 4, NULL, "timm's 2D tf_efficientnet" };

  creation->parts.vision = sag_tensor_file_open (create->vision, error);
  if (creation->parts.vision == NULL)
    return FALSE;
  shapes.data = creation->parts.vision;
  shapes.file = sag_tensor_file_get_name (creation->parts.vision);
  return sag_infer_vision (&shapes, &nothing, network, error) &&
         sag_bundle_note_file (creation->manifest, "vision", create->vision, error);
}

static gboolean
public_text (const SagBundleCreate *create, Creation *creation, SagNetwork *network, GError **error)
{
  SagInferHints hints = { .heads = create->heads };
  SagShapes     shapes = { sag_parts_find_text, NULL, 5, NULL, "a BERT or MegatronBert model" };
  gint32        wanted = create->text_layers != 0 ? create->text_layers : 4;

  if (create->config != NULL && !sag_text_config_load (create->config, &hints.text, error))
    return FALSE;
  creation->parts.text = sag_tensor_file_open (create->text, error);
  if (creation->parts.text == NULL)
    return FALSE;
  shapes.data = creation->parts.text;
  shapes.file = sag_tensor_file_get_name (creation->parts.text);
  if (!sag_infer_text (&shapes, &hints, network, error))
    return FALSE;
  if (network->text_layers < wanted)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "%s has %d layers, but %d are wanted; say fewer with --layers.", shapes.file,
                   network->text_layers, wanted);
      return FALSE;
    }
  network->text_layers = wanted;
  return sag_bundle_check_words (creation->n_words, network, error) &&
         sag_bundle_note_file (creation->manifest, "text", create->text, error);
}

/* Each becomes a line of its own, beside those of the special words. */
static gboolean
check_question (const char *question, GError **error)
{
  if (strpbrk (question, "\r\n") != NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "A question of a multi-label bundle has more than one line; write it "
                           "on one.");
      return FALSE;
    }
  for (gsize i = 0; i < SAG_N_SPECIAL; i++)
    if (strcmp (question, sag_special_words[i]) == 0)
      {
        g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                     "\"%s\" cannot be a question of a multi-label bundle: the word stands in "
                     "every vocabulary already; ask in other words.",
                     question);
        return FALSE;
      }
  return TRUE;
}

/* Words that are whole questions, after those that every vocabulary has. */
static GBytes *
list_questions (char **questions, gsize *n_words, GError **error)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (SagTokenizer) tokenizer = NULL;

  for (gsize i = 0; i < SAG_N_SPECIAL; i++)
    g_string_append_printf (words, "%s\n", sag_special_words[i]);
  for (char **question = questions; *question != NULL; question++)
    {
      if (!check_question (*question, error))
        return NULL;
      g_string_append_printf (words, "%s\n", *question);
    }
  tokenizer = sag_tokenizer_new_questions (words->str, words->len, "The list of questions", error);
  if (tokenizer == NULL)
    return NULL;
  *n_words = sag_tokenizer_get_n_words (tokenizer);
  return g_string_free_to_bytes (g_steal_pointer (&words));
}

static gboolean
make_network (const SagBundleCreate *create, Creation *creation, GError **error)
{
  SagNetwork *network = &creation->manifest->network;
  gboolean    large = create->full || create->vision != NULL || create->text != NULL;
  char        message[200];

  network->input[0] = choose (create->input[0], large, 256, 128);
  network->input[1] = choose (create->input[1], large, 160, 96);
  network->input[2] = choose (create->input[2], large, 128, 64);
  network->cells[0] = network->cells[1] = network->cells[2] = 4;
  if (!(create->vision != NULL ? public_vision (create, creation, network, error)
                               : random_vision (create, network, error)))
    return FALSE;
  if (create->questions != NULL)
    sag_network_set_multi_label (network, (int32_t) creation->n_words,
                                 choose (create->hidden, large, 768, 64));
  else if (create->text == NULL)
    random_text (create, creation->n_words, network);
  else if (!public_text (create, creation, network, error))
    return FALSE;
  memcpy (creation->manifest->recipe.input, network->input, sizeof network->input);
  if (sag_network_validate (network, message))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "These options do not make a network: %s.",
               message);
  return FALSE;
}

static gboolean
prepare (const SagBundleCreate *create, const char *folder, Creation *creation, GError **error)
{
  SagBundleSource  source = create->source;
  g_autofree char *shipped = NULL;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, create->seed);
  gboolean         random = create->vision == NULL && create->text == NULL;

  if (source.vocabulary == NULL && create->text == NULL && create->questions == NULL)
    {
      source.vocabulary = shipped = sag_paths_find_data (SHIPPED_VOCABULARY);
      if (shipped == NULL)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                       "Sagitta's own data is not installed: " SHIPPED_VOCABULARY
                       " is missing; install Sagitta again, or give a vocabulary with --vocab.");
          return FALSE;
        }
    }
  creation->manifest = sag_bundle_source_manifest (&source, folder, error);
  if (creation->manifest == NULL)
    return FALSE;
  creation->vocabulary = create->questions != NULL
                           ? list_questions (create->questions, &creation->n_words, error)
                           : sag_bundle_source_read_vocabulary (&source, &creation->n_words, error);
  if (creation->vocabulary == NULL)
    return FALSE;
  creation->license = random && source.license == NULL
                        ? g_bytes_new_static (random_license, sizeof random_license - 1)
                        : sag_bundle_source_read_license (&source, error);
  if (creation->license == NULL)
    return FALSE;
  sag_bundle_note_program (creation->manifest,
                           random ? "random weights"
                                  : "created from public weights, never trained on CT");
  sag_manifest_add_note (creation->manifest, "seed", seed);
  creation->manifest->knows_tasks = TRUE;
  creation->parts.seed = create->seed;
  creation->parts.embeddings = create->embeddings;
  creation->parts.cancellable = create->source.cancellable;
  if (!make_network (create, creation, error))
    return FALSE;
  if (create->vision == NULL)
    creation->parts.statistics =
      sag_calibrate_vision (&creation->manifest->network, create->seed, create->source.cancellable);
  return !g_cancellable_set_error_if_cancelled (create->source.cancellable, error);
}

static SagBundleParts
get_parts (const SagBundleCreate *create, Creation *creation)
{
  return (SagBundleParts){
    .manifest = creation->manifest,
    .vocabulary = creation->vocabulary,
    .license = creation->license,
    .fill = sag_parts_fill,
    .data = &creation->parts,
    .cancellable = create->source.cancellable,
  };
}

SagBundle *
sag_bundle_create (const SagBundleCreate *create, const char *folder, GError **error)
{
  g_auto (Creation) creation = { 0 };
  SagBundleParts parts;

  g_return_val_if_fail (create != NULL && folder != NULL, NULL);

  if (!prepare (create, folder, &creation, error))
    return NULL;
  parts = get_parts (create, &creation);
  return sag_bundle_save (&parts, folder, error) ? sag_bundle_load (folder, error) : NULL;
}

SagBundle *
sag_bundle_open_untrained (guint64 seed, GError **error)
{
  g_autofree char      *name = g_strdup_printf ("untrained-%" G_GUINT64_FORMAT, seed);
  const SagBundleCreate create = { .source.name = name, .seed = seed };
  g_auto (Creation) creation = { 0 };
  SagBundleParts parts;

  if (!prepare (&create, name, &creation, error))
    return NULL;
  parts = get_parts (&create, &creation);
  return sag_bundle_new_in_memory (&parts, error);
}

char *
sag_bundle_find_default (void)
{
  const char *named = g_getenv ("SAGITTA_BUNDLE");

  if (named != NULL)
    return *named != 0 ? g_strdup (named) : NULL;
  return sag_paths_find_data ("bundles/demo");
}
