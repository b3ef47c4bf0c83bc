/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/network/network.h"
#include "model/prepare/recipe.h"
#include "model/text/tokenizer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagBundle: a model with everything needed to use it: a folder with bundle.json, model.safetensors,
 * vocab.txt and LICENSE (docs/bundle.md). Immutable, atomically reference counted, weights by mmap.
 */
typedef struct _SagBundle SagBundle;

/**
 * sag_bundle_load: opens and checks a bundle: every tensor that the network needs is there, has its shape and
 * lies inside the file; unknown names are an error that names them.
 *
 * Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED, SAG_ERROR_MISMATCH (vocabulary and word table), G_FILE_ERROR
 */
SagBundle *sag_bundle_load (const char *folder, GError **error);

SagBundle *sag_bundle_ref (SagBundle *bundle);
void       sag_bundle_unref (SagBundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagBundle, sag_bundle_unref)

const char *sag_bundle_get_name (SagBundle *bundle);
/** sag_bundle_get_folder: (nullable): NULL for a bundle in memory. */
const char *sag_bundle_get_folder (SagBundle *bundle);

/** sag_bundle_get_sha256: identity of the bundle: SHA-256 of bundle.json, which holds those of its other files. */
const char *sag_bundle_get_sha256 (SagBundle *bundle);

/** sag_bundle_get_weights_sha256: SHA-256 of model.safetensors as recorded when the bundle was made. */
const char *sag_bundle_get_weights_sha256 (SagBundle *bundle);

const SagNetwork *sag_bundle_get_network (SagBundle *bundle);
const SagRecipe  *sag_bundle_get_recipe (SagBundle *bundle);
SagTokenizer     *sag_bundle_get_tokenizer (SagBundle *bundle);

/** sag_bundle_is_trained: FALSE for random weights: numbers then mean nothing, and every output says so. */
gboolean sag_bundle_is_trained (SagBundle *bundle);
/** sag_bundle_is_synthetic: trained on synthetic scans only: a demonstration on real ones. */
gboolean sag_bundle_is_synthetic (SagBundle *bundle);

/** sag_bundle_read: a SagWeightSource's read(): float32 values, LoRA merged. @bundle is a SagBundle. */
bool sag_bundle_read (void *bundle, const char *name, size_t offset, size_t n_values, float *out);

/** SagHead: the two heads of the network. */
typedef enum
{
  SAG_HEAD_CLASS,
  SAG_HEAD_PATCH,
  SAG_N_HEADS,
} SagHead;

/** SagTraining: what a bundle's task list says of a text and a head (DESIGN.md section 4). */
typedef enum
{
  SAG_TRAINING_UNKNOWN,       /* the bundle has no task list */
  SAG_TRAINING_NEVER,         /* never trained */
  SAG_TRAINING_OTHER_WORDING, /* the same finding or organ under another sentence */
  SAG_TRAINING_TRAINED,
} SagTraining;

/**
 * sag_bundle_get_training: the same text on this head is trained, the same finding in other words (the catalogue
 * knows which) is other wording, anything else never. A "Segment" text never trains the class head, nor a "Diagnose"
 * or "Predict" text the patch head, even where the bundle has no list.
 */
SagTraining sag_bundle_get_training (SagBundle *bundle, const char *text, SagHead head);

/** sag_training_to_string: "trained", "other wording", "never trained", "unknown". */
const char *sag_training_to_string (SagTraining training);

G_END_DECLS
