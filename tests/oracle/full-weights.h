/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_test_full_weights: the oracle's full-size checkpoint, made by make-full-weights.py once for a build folder.
 * @case_path: (out) (optional): its input: images, input_ids, attention_mask
 *
 * Returns: (transfer full) (nullable): a safetensors file; NULL after marking the running test as skipped, without
 * the shared data or numpy
 */
char *sag_test_full_weights (char **case_path);

G_END_DECLS
