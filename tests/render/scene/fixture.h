/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Volumes, cells and pictures for the tests of render/scene. */

#include "model/phantom/phantom.h"
#include "model/prepare/lungs.h"
#include "render/scene/camera.h"
#include "render/scene/mesh.h"
#include "render/scene/scene.h"
#include "render/slice/frame.h"

G_BEGIN_DECLS

/** FixturePatient: a phantom of 4 mm with an effusion on the left, its lungs and its surfaces. */
typedef struct
{
  SagVolume     *volume;
  SagVolume     *lungs;
  SagRenderMesh *body_mesh;
  SagRenderMesh *lungs_mesh;
} FixturePatient;

FixturePatient *fixture_patient_new (void);
void            fixture_patient_free (FixturePatient *patient);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FixturePatient, fixture_patient_free)

/** fixture_cells: 6 x 4 x 3 cells of 12 x 16 x 16 mm around the origin. */
SagGeometry fixture_cells (void);

/** fixture_flip: the same places with axis @axis stored the other way round. */
SagGeometry fixture_flip (const SagGeometry *geometry, int axis);

/** fixture_hot: 0.1 everywhere and 0.9 in one cell; free with g_free(). */
float *fixture_hot (const SagGeometry *cells, int i, int j, int k);

/** fixture_heatmap: of those cells, at 0.5. */
SagRenderHeatmap fixture_heatmap (const SagGeometry *cells, const float *scores);

/** fixture_box_mesh: a closed box in RAS mm. */
SagRenderMesh *fixture_box_mesh (const double low_mm[3], const double high_mm[3]);

/** fixture_pixel: 0xRRGGBB at (x, y). */
guint32 fixture_pixel (GBytes *pixels, int width, int x, int y);

/**
 * fixture_keep: `NAME.png` in $SAGITTA_PICTURES, for the eyes of people.
 */
void fixture_keep (GBytes *pixels, int width, int height, const char *name);

G_END_DECLS
