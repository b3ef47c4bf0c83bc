/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/spline-axis.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagResampling: what a resampler makes.
 * @source: stored voxels, stride[0] is 1
 * @origin, @step: source sample of output 0, and source samples per output, along each stored axis
 * @slack: see sag_spline_axis_init()
 * @first, @n: the wanted outputs along each stored axis
 * @source_low, @source_high: source values are clamped to this first
 * @low, @high: outputs are clamped to this, within int16
 * @truncate: outputs lose their fraction towards zero; else they are rounded
 * @fill: output beyond the centre of the last sample
 * @portable: do not use AVX2, for tests
 */
typedef struct
{
  SagVoxels source;
  double    origin[3];
  double    step[3];
  double    slack;
  gint32    first[3];
  gint32    n[3];
  double    source_low;
  double    source_high;
  float     low;
  float     high;
  gboolean  truncate;
  gint16    fill;
  gboolean  portable;
} SagResampling;

/**
 * SagResampler: cubic B-spline resampling along the stored axes, plane by plane.
 *
 * Reads the source once, from low to high k, and keeps only a window of half-resampled planes in
 * memory. One owner; works on the default pool.
 */
typedef struct _SagResampler SagResampler;

/** sag_resampler_new: @n_planes: the most planes that sag_resampler_get() will be asked for at
 * once. */
SagResampler *sag_resampler_new (const SagResampling *what, gint32 n_planes);
void          sag_resampler_free (SagResampler *resampler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagResampler, sag_resampler_free)

/**
 * sag_resampler_get: makes wanted planes @first .. @first + @n - 1, counted from 0.
 * @first: not below that of the call before
 * @out: (n, n_j, n_i) of the stored axes, i fastest
 */
void sag_resampler_get (SagResampler *resampler, gint32 first, gint32 n, gint16 *out);

G_END_DECLS
