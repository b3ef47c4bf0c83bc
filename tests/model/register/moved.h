/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

/** sag_test_motion: turns by @degrees about R, then A, then S, and shifts by @shift_mm. */
void sag_test_motion (const double degrees[3], const double shift_mm[3], double motion[3][4]);

/** sag_test_move: the same voxels, but the patient lies where @motion brings them. */
SagVolume *sag_test_move (SagVolume *volume, const double motion[3][4]);

/** sag_test_phantom: an anatomical one, 2.5 mm unless @options say otherwise. */
SagPhantom *sag_test_phantom (SagPhantomOptions options);

/** sag_test_furthest_mm: how far apart two maps bring any corner of a chest around the origin. */
double sag_test_furthest_mm (const double a[3][4], const double b[3][4]);

G_END_DECLS
