/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagAreaAxis: windows of area averaging along one axis, over a buffer that may hold only part of
 * the box.
 *
 * Output o averages box samples floor (o n_box / n_out) .. ceil ((o + 1) n_box / n_out) - 1, as
 * torch.nn.functional.interpolate (mode "area") does.
 *
 * @n_out: outputs
 * @low, @high: (n_out) window of each output in buffer samples, cut to the buffer: low <= sample <
 * high, maybe empty
 * @size: (n_out) samples of the whole window
 */
typedef struct
{
  gint32  n_out;
  gint32 *low;
  gint32 *high;
  gint32 *size;
} SagAreaAxis;

/**
 * sag_area_axis_init:
 * @n_box, @n_out: samples of the box and of the result
 * @flip: the buffer runs against the result
 * @offset: buffer sample on which box sample 0, counted along the buffer, lies; may be negative
 * @n_buffer: samples in the buffer
 */
void sag_area_axis_init (
  SagAreaAxis *axis, gint32 n_box, gint32 n_out, gboolean flip, gint32 offset, gint32 n_buffer);
void sag_area_axis_clear (SagAreaAxis *axis);

/** sag_area_axis_needs: buffer samples @low <= sample < @high feed outputs @first .. @first + @n -
 * 1, in buffer order. */
void
sag_area_axis_needs (const SagAreaAxis *axis, gint32 first, gint32 n, gint32 *low, gint32 *high);

/**
 * sag_area_pool: averages Hounsfield units into network input, HU / 2000 + 0.5; what lies outside
 * the buffer is air (0).
 * @axes: along the buffer's i, j, k; outputs are counted in buffer order
 * @first, @n: outputs along k that are made
 * @planes: the buffer's planes from @first_plane on, rows of @n_i, planes of @n_j rows; may be NULL
 * if none is needed
 * @stride: elements of @out from one output to the next along i, j, k
 * @out: where output (0, 0, 0) in buffer order goes
 *
 * Sums are exact integers, so that the result is the correctly rounded float32 for boxes of at
 * most 1024 voxels a side. Uses the default pool.
 */
void sag_area_pool (const SagAreaAxis axes[3],
                    gint32            first,
                    gint32            n,
                    const gint16     *planes,
                    gint32            first_plane,
                    gint32            n_i,
                    gint32            n_j,
                    const gint64      stride[3],
                    float            *out);

G_END_DECLS
