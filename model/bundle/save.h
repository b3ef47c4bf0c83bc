/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/manifest.h"
#include "model/bundle/tensor-writer.h"

G_BEGIN_DECLS

/**
 * SagBundleFill: hands over the values of one weight, in pieces of any size, through sag_tensor_writer_floats()
 * or sag_tensor_writer_bytes().
 */
typedef gboolean (*SagBundleFill) (SagTensorWriter     *writer,
                                   const SagWeightSpec *spec,
                                   gpointer             data,
                                   GError             **error);

/**
 * SagBundleParts: what a new bundle is made of.
 * @manifest: its hashes and sizes are filled in
 * @vocabulary, @license: the files as they are
 * @declare: (nullable): declares every tensor itself; NULL declares each weight of the network as F32
 * @fill: called for each weight of the network in sag_network_foreach_weight()'s order
 * @finish: (nullable): after the weights, hands over tensors that @declare added behind them
 * @cancellable: (nullable): looked at between weights
 */
typedef struct
{
  SagManifest *manifest;
  GBytes      *vocabulary;
  GBytes      *license;
  void (*declare) (SagTensorWriter *writer, gpointer data);
  SagBundleFill fill;
  gboolean (*finish) (SagTensorWriter *writer, gpointer data, GError **error);
  gpointer      data;
  GCancellable *cancellable;
} SagBundleParts;

/**
 * sag_bundle_save: writes a bundle: into a temporary folder beside @folder, then a rename. @folder must not
 * exist; when anything fails, nothing is left behind.
 *
 * Errors: G_FILE_ERROR, G_IO_ERROR_CANCELLED, and what @fill reports
 */
gboolean sag_bundle_save (const SagBundleParts *parts, const char *folder, GError **error);

/** sag_bundle_new_in_memory: the same bundle without a disk; its folder is NULL. At most 2 GiB. */
SagBundle *sag_bundle_new_in_memory (const SagBundleParts *parts, GError **error);

G_END_DECLS
