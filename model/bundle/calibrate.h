/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/network/network.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_calibrate_vision: BatchNorm's running statistics of a random vision network (sag_weight_init() of @seed),
 * measured on a made-up chest, so that every normalised map has mean 0 and variance 1 there.
 *
 * Without them activations of a random network die out in a few blocks: SiLU shrinks small values more. The same
 * seed gives the same bits on every machine.
 *
 * Returns: (transfer full): some of them if it was cancelled; name of a running_mean or running_var -> its floats
 */
GHashTable *
sag_calibrate_vision (const SagNetwork *network, guint64 seed, GCancellable *cancellable);

G_END_DECLS
