/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/network/network.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_random_normal: values [offset, offset + n) of the endless stream of N(0, 1) that a seed and a name have.
 *
 * Counted, not drawn in turn, and made with integers only: the same on every machine and in every order. Tails end
 * at 6 standard deviations.
 */
void sag_random_normal (guint64 seed, const char *name, gsize offset, gsize n_values, float *out);

/** SAG_INIT_EMBEDDING: standard deviation of word, position and type embeddings, as BERT starts. */
#define SAG_INIT_EMBEDDING 0.02

/**
 * SagInitKind: how weights that nobody trained start.
 * @SAG_INIT_FRESH: for heads on trained parts, as upstream: N(0, 0.02), emb_start and emb_end N(0, 1)
 * @SAG_INIT_RANDOM: for a whole random network: variance 1 / fan_in
 */
typedef enum
{
  SAG_INIT_FRESH,
  SAG_INIT_RANDOM,
} SagInitKind;

/** sag_weight_init: values [offset, offset + n) of a weight. */
void sag_weight_init (const SagWeightSpec *spec,
                      SagInitKind          kind,
                      guint64              seed,
                      gsize                offset,
                      gsize                n_values,
                      float               *out);

G_END_DECLS
