/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/manifest.h"
#include "model/bundle/weight-map.h"

G_BEGIN_DECLS

/**
 * sag_bundle_new: a bundle of parts that were checked.
 * @folder: (nullable): NULL for one in memory
 * @manifest, @sha256, @tokenizer, @weights: (transfer full)
 */
SagBundle *sag_bundle_new (const char   *folder,
                           SagManifest  *manifest,
                           char         *sha256,
                           SagTokenizer *tokenizer,
                           SagWeightMap *weights);

/**
 * sag_bundle_find_bad_value: reads every weight that the network needs.
 * @n_values: (out) (optional): how many were fine
 *
 * Returns: (transfer full) (nullable): a sentence about the first NaN, infinity or negative
 * variance; NULL if there is none, or when cancelled
 */
char *sag_bundle_find_bad_value (const SagManifest *manifest,
                                 SagWeightMap      *weights,
                                 gsize             *n_values,
                                 GCancellable      *cancellable);

/**
 * sag_bundle_propagate_error: what reads JSON and tensors cannot know what to do about a damaged
 * one; who called it does.
 * @problem: (transfer full): gets @remedy if it is about a file's content and names none yet
 */
void sag_bundle_propagate_error (GError **error, GError *problem, const char *remedy);

/* The parts, each checked against the manifest: from memory, and from a folder. */

SagTokenizer *
sag_bundle_make_tokenizer (const SagManifest *manifest, GBytes *vocabulary, GError **error);
SagWeightMap *
sag_bundle_make_weights (const SagManifest *manifest, SagTensorFile *file, GError **error);

/** sag_bundle_load_manifest: @sha256: (out) (optional): identity of the bundle */
SagManifest *sag_bundle_load_manifest (const char *folder, char **sha256, GError **error);
SagTokenizer *
sag_bundle_load_tokenizer (const char *folder, const SagManifest *manifest, GError **error);
SagWeightMap *
sag_bundle_load_weights (const char *folder, const SagManifest *manifest, GError **error);

G_END_DECLS
