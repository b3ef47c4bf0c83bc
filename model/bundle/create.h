/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/import.h"

G_BEGIN_DECLS

/**
 * SagBundleCreate: a new bundle that was never trained on CT: from public 2D and text weights, or random.
 * Zeros and NULL where nothing is said.
 * @vision: (nullable): --vision, timm's 2D tf_efficientnet_b0 to b7 as safetensors, inflated to 3D; else random
 * @text: (nullable): --text, a BERT or MegatronBert as safetensors, whose first @text_layers are taken; else random
 * @config: (nullable): --config, the text model's config.json
 * @heads: --heads
 * @text_layers: --layers, else 4
 * @input: --input, else 256 x 160 x 128
 * @full: --size full; else small: what follows is chosen so that a network is made and run in no time
 * @width: --width, multiplies the channels of a random EfficientNet-b0
 * @hidden, @intermediate, @positions: of random text layers
 * @embeddings: --embeddings, standard deviation of random embeddings, else 0.02. A text model that starts from
 *   nothing learns its words sooner with wider ones
 * @questions: (nullable): --multi-label, of a manifest: not a network that reads, but the convolutional one that the
 *   paper compares with, with an output for each; @hidden is its head's width
 * @seed: --seed, of everything random
 *
 * source.vocabulary may be NULL without @text: then the small vocabulary that ships is used.
 */
typedef struct
{
  SagBundleSource source;
  const char     *vision;
  const char     *text;
  const char     *config;
  gint32          heads;
  gint32          text_layers;
  gint32          input[3];
  gboolean        full;
  double          width;
  gint32          hidden;
  gint32          intermediate;
  gint32          positions;
  double          embeddings;
  char          **questions;
  guint64         seed;
} SagBundleCreate;

/**
 * sag_bundle_create: makes the bundle @folder, which must not exist, and opens it.
 *
 * It says "trained": false, and that no task was ever trained.
 * Errors: as sag_bundle_import()
 */
SagBundle *sag_bundle_create (const SagBundleCreate *create, const char *folder, GError **error);

/**
 * sag_bundle_open_untrained: a small random bundle in memory, with the small vocabulary that ships. The same seed
 * always gives the same bundle. Its numbers mean nothing: it stands in until a trained bundle is there.
 *
 * Errors: G_FILE_ERROR if the vocabulary is not installed
 */
SagBundle *sag_bundle_open_untrained (guint64 seed, GError **error);

/**
 * sag_bundle_find_default: (transfer full) (nullable): the folder of the trained bundle that ships, or the one that
 * $SAGITTA_BUNDLE names; none where that is empty.
 */
char *sag_bundle_find_default (void);

G_END_DECLS
