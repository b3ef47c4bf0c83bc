/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/vision-key.h"

#include "model/core/hash.h"

#include <string.h>

/* Their names begin like those of the vision network, but they stand around the tokens in the text. */
#define EMBEDDINGS "vision_model.emb_"

typedef struct
{
  SagBundle *bundle;
  GString   *text;
} Key;

static bool
add_weight (const SagWeightSpec *spec, void *user_data)
{
  Key              *key = user_data;
  g_autofree float *values = NULL;
  g_autofree char  *hash = NULL;

  if (!g_str_has_prefix (spec->name, "vision_model.") || g_str_has_prefix (spec->name, EMBEDDINGS))
    return true;
  values = g_new (float, spec->n_values);
  if (!sag_bundle_read (key->bundle, spec->name, 0, spec->n_values, values))
    return false;
  hash = sag_hash_voxels (values, spec->n_values * sizeof *values);
  g_string_append_printf (key->text, " %s %s", spec->name, hash);
  return true;
}

/* What the weights' names and sizes do not tell. */
static void
add_shape (Key *key, const SagNetwork *network)
{
  g_string_append_printf (key->text, "%d %d %d eps %a", network->input[0], network->input[1],
                          network->input[2], (double) network->batch_norm_eps);
  for (int32_t b = 0; b < network->n_blocks; b++)
    {
      const SagBlock *block = &network->blocks[b];

      g_string_append_printf (key->text, " %d/%d/%d/%d", block->kernel, block->stride,
                              block->expands, block->skips);
    }
}

char *
sag_bundle_dup_vision_key (SagBundle *bundle)
{
  const SagNetwork *network = sag_bundle_get_network (bundle);
  g_autoptr (GString) text = g_string_new ("vision 1 ");
  Key key = { .bundle = bundle, .text = text };

  add_shape (&key, network);
  if (!sag_network_foreach_weight (network, add_weight, &key))
    return NULL;
  return sag_hash_voxels (text->str, text->len);
}
