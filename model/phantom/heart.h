/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/subject.h"

G_BEGIN_DECLS

#define SAG_N_AORTA_POINTS 11
extern const double sag_aorta_points[SAG_N_AORTA_POINTS][3];
extern const double sag_aorta_radii[SAG_N_AORTA_POINTS];

/** sag_heart_place: a point given from the middle of a heart of size 1, in a patient of scale 1. */
void sag_heart_place (const SagSubject *subject, const double offset[3], double place[3]);

/** sag_heart_floor: z of the diaphragm under the heart. */
double sag_heart_floor (const SagSubject *subject);

/** sag_heart_add_shell: the heart's outer shape grown by @more_mm, made of what @like is made of. */
void sag_heart_add_shell (SagSubject *subject, const SagSolid *like, double more_mm);

G_END_DECLS
