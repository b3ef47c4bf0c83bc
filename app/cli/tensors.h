/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/bundle/safetensors.h"
#include "model/engine/table.h"

/**
 * SagCliTensors: images and texts by the names of the golden files.
 * @name: of the file
 * @n: samples
 * @images: (n, dims), z fastest
 * @ids: (n, max_length), @lengths: (n); NULL where the file has no texts
 */
typedef struct
{
  char   *name;
  gint64  n;
  gint32  dims[3];
  gint32  max_length;
  float  *images;
  gint32 *ids;
  gint32 *lengths;
} SagCliTensors;

/** sag_cli_tensors_read: images, and where they are there input_ids and attention_mask. */
gboolean sag_cli_tensors_read (SagCliTensors    *self,
                               SagTensorFile    *file,
                               const char       *path,
                               const SagNetwork *network,
                               GError          **error);
void     sag_cli_tensors_clear (SagCliTensors *self);

/** sag_cli_tensors_fail: FALSE: the file lacks tensor @name of shape @wanted. */
gboolean sag_cli_tensors_fail (const SagCliTensors *self,
                               GError             **error,
                               const char          *name,
                               const char          *wanted);

/** sag_cli_get_cancel: SIGINT, for an engine's table. */
SagCancel sag_cli_get_cancel (void);

/** sag_cli_engine_failed: FALSE, with what an engine's table said. */
gboolean sag_cli_engine_failed (const SagStatus *status, GError **error);
