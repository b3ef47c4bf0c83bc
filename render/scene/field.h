/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Scalar fields on coarse grids, out of which surfaces are cut. Private to render/scene. */

#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagRenderField: values at the centres of a grid's voxels, x fastest. Has one owner.
 */
typedef struct
{
  SagGeometry geometry;
  float      *values;
} SagRenderField;

SagRenderField *sag_render_field_new (const SagGeometry *geometry);
void            sag_render_field_free (SagRenderField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderField, sag_render_field_free)

/** sag_render_field_n: how many values. */
gsize sag_render_field_n (const SagRenderField *field);

/**
 * sag_render_block_factor: how many voxels along each axis make blocks of about @step_mm.
 */
void sag_render_block_factor (const SagGeometry *geometry, double step_mm, gint32 factor[3]);

/**
 * sag_render_field_coarse: the means of blocks of about @step_mm, on the volume's axes reordered to
 * lie closest to R, A, S. NaN counts as -1024 HU, and so does what is below.
 *
 * Returns: (nullable): NULL on cancellation
 */
SagRenderField *
sag_render_field_coarse (const SagVolume *volume, double step_mm, GCancellable *cancellable);

/**
 * sag_render_field_smooth: binomial 1 2 1 along each axis, @passes times; values go on beyond the
 * border.
 *
 * Returns: FALSE on cancellation
 */
gboolean sag_render_field_smooth (SagRenderField *field, guint passes, GCancellable *cancellable);

/**
 * sag_render_field_pad: a copy with one more voxel of @value on either side along the first
 * @n_axes axes, so that a surface closes there.
 */
SagRenderField *sag_render_field_pad (const SagRenderField *field, int n_axes, float value);

G_END_DECLS
