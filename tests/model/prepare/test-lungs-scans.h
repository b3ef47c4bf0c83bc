/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

/** sag_test_phantom: @spacing_mm on all axes, or 0. */
SagPhantom *
sag_test_phantom (guint64 seed, guint findings, double spacing_mm, const char *orientation);

/** sag_test_load_shared: (nullable): NULL after marking the test as skipped. */
SagVolume *sag_test_load_shared (const char *name);

/** sag_test_head: a skull with brain, nasal cavity and sinuses; no lungs. */
SagVolume *sag_test_head (void);

/** sag_test_constant: @n voxels of 2 mm along each axis, all of one value. */
SagVolume *sag_test_constant (gint32 n, gint16 value);

/** sag_test_crop: slices @low .. @high - 1 along the stored k. */
SagVolume *sag_test_crop (SagVolume *volume, gint32 low, gint32 high);

G_END_DECLS
