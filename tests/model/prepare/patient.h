/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/prepared.h"

G_BEGIN_DECLS

/* A patient along R, A, S at 4 x 3.3 x 5 mm: an ellipsoid of soft tissue and a dense block that is
 * nowhere symmetric. */

#define SAG_PATIENT_BODY_HU 40
#define SAG_PATIENT_BLOCK_HU 800

/** sag_patient_block_low, sag_patient_block_high: the block's voxels along R, A, S: low <= index <
 * high. */
extern const gint32 sag_patient_block_low[3], sag_patient_block_high[3];
extern const double sag_patient_spacing_mm[3];

/** SagPatientFunc: what to store for a voxel that is counted along R, A, S. */
typedef gint16 (*SagPatientFunc) (const gint32 ras[3]);

gint16 sag_patient_hu (const gint32 ras[3]);

/** sag_patient_straight: a grid along R, A, S. */
void sag_patient_straight (double ras_to_mm[3][4]);

/** sag_patient_store: stored axis s runs along patient axis axes[s], backwards where @flips has bit
 * s. */
SagVolume *sag_patient_store (const double   ras_to_mm[3][4],
                              const int      axes[3],
                              guint          flips,
                              SagPatientFunc value);

/** sag_patient_new: the patient, stored R, A, S; with @value something else on the same grid. */
SagVolume *sag_patient_new (SagPatientFunc value);

/** sag_patient_recipe: the paper's sizes. */
SagRecipe sag_patient_recipe (SagRecipeKind kind);

/** sag_patient_prepare: sag_prepare() that must succeed. */
SagPrepared *
sag_patient_prepare (SagVolume *volume, SagRecipeKind kind, const SagPrepareOptions *options);

/** sag_patient_add_test: adds @test for both recipes; its data is the SagRecipeKind, by
 * GINT_TO_POINTER(). */
void sag_patient_add_test (const char *name, GTestDataFunc test);

G_END_DECLS
