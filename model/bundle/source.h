/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/import.h"
#include "model/bundle/manifest.h"

G_BEGIN_DECLS

/** sag_bundle_source_manifest: a manifest with everything that @source says; @folder lends its name. */
SagManifest *
sag_bundle_source_manifest (const SagBundleSource *source, const char *folder, GError **error);

/** sag_bundle_source_read_vocabulary: the vocabulary's bytes, checked. @n_words: (out) */
GBytes *
sag_bundle_source_read_vocabulary (const SagBundleSource *source, gsize *n_words, GError **error);

/** sag_bundle_source_read_license: the LICENSE file, or a sentence that none was stated. */
GBytes *sag_bundle_source_read_license (const SagBundleSource *source, GError **error);

/** sag_bundle_note_file: records the base name and the SHA-256 of a file that went into a bundle. */
gboolean
sag_bundle_note_file (SagManifest *manifest, const char *key, const char *path, GError **error);

/** sag_bundle_note_program: records which program made the bundle, and how. */
void sag_bundle_note_program (SagManifest *manifest, const char *method);

/** sag_bundle_check_words: SAG_ERROR_MISMATCH if a vocabulary of @n_words does not belong to the word table. */
gboolean sag_bundle_check_words (gsize n_words, const SagNetwork *network, GError **error);

G_END_DECLS
