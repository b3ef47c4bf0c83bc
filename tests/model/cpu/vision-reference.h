/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/** ReferenceMap: (channels, dims) in double precision. */
typedef struct
{
  int32_t channels;
  int32_t dims[3];
  double *values;
} ReferenceMap;

void reference_map_free (ReferenceMap *map);

/**
 * reference_vision: the vision network in plain loops and double precision, straight from the definition.
 *
 * Returns: (transfer full): "stem", "stage0" .., "head" to ReferenceMap
 */
GHashTable *
reference_vision (const SagWeightSource *source, const float *input, const int32_t dims[3]);

/** reference_random_weights: a SagWeightSource's read(): repeatable values that keep maps at their size. */
bool
reference_random_weights (void *data, const char *name, size_t offset, size_t n_values, float *out);

G_END_DECLS
