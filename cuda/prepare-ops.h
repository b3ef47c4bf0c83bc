/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Launchers of the preparation's kernels; the conventions are those of cuda/ops.h. What the numbers mean stands in
 * model/prepare: components.h, hull.h, spline-axis.h, resampler.h and area.h.
 *
 * A scan is labelled as runs of voxels along i, which takes a bit a voxel and 16 bytes a run:
 *   sag_cuda_launch_mask()        bits, and where each row's runs start; then the host learns their number
 *   sag_cuda_launch_components()  the largest component, and its measures
 *   sag_cuda_launch_hull()        convex hulls of its slices
 * and resampled axis by axis, in double precision as on the host:
 *   sag_cuda_launch_spline_rows()     along i
 *   sag_cuda_launch_spline_columns()  along j
 *   sag_cuda_launch_spline_planes()   along k, to int16
 *   sag_cuda_launch_area()            to the network's input
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  /**
   * SagCudaMask: voxels with low <= value <= high; NaN is never in range.
   * @voxels: (dims) int16 or float32, i fastest
   * @bits: out: (nk, nj, sag_cuda_mask_words (ni)): bit b of word w is voxel i = 32 w + b; bits beyond ni are 0
   * @row_start: out: (nk nj + 1): the runs before each row; the last is the number of runs
   */
  typedef struct
  {
    const void *voxels;
    bool        is_float;
    int32_t     dims[3];
    double      low;
    double      high;
    uint32_t   *bits;
    int32_t    *row_start;
  } SagCudaMask;

  static inline int32_t
  sag_cuda_mask_words (int32_t ni)
  {
    return (ni + 31) / 32;
  }

  int sag_cuda_launch_mask (const SagCudaMask *job, void *stream);

  /**
   * SagCudaComponent: the largest component. n_voxels is 0 where the mask is empty.
   * @low, @high, @index_sum: as SagComponent
   * @run: the component's first run, which is its label; -1 where the mask is empty
   * @size, @first: how it was found
   */
  typedef struct
  {
    int64_t  n_voxels;
    int64_t  index_sum[3];
    uint64_t first;
    int32_t  low[3];
    int32_t  high[3];
    int32_t  run;
    int32_t  size;
  } SagCudaComponent;

  /**
   * SagCudaComponents: components of neighbours that share a face, an edge or a corner; the largest is that which
   * sag_components_find_largest() picks.
   * @bits, @row_start: of sag_cuda_launch_mask()
   * @n_runs: the last of row_start
   * @start, @end, @label, @size: scratch, (n_runs): each run's voxels, first run of its component, component's voxels
   * @largest: out: (1)
   */
  typedef struct
  {
    int32_t           dims[3];
    const uint32_t   *bits;
    const int32_t    *row_start;
    int32_t           n_runs;
    int32_t          *start;
    int32_t          *end;
    int32_t          *label;
    int32_t          *size;
    SagCudaComponent *largest;
  } SagCudaComponents;

  int sag_cuda_launch_components (const SagCudaComponents *job, void *stream);

  /**
   * SagCudaHull: the convex hulls of the largest component's slices, as sag_hull_measure() measures them.
   * @components: after sag_cuda_launch_components()
   * @axis: slices are taken across this stored axis
   * @extents: scratch: (slices, rows, 2)
   * @chain: scratch: (slices, 2, rows, 2)
   * @measures: out: (slices, 3): area, and where that is above 0 the centroid's row and coordinate
   *
   * rows are stored axis 2 where axis is 1, else 1; coordinates axis 2 where axis is 0, else 0.
   */
  typedef struct
  {
    SagCudaComponents components;
    int32_t           axis;
    int32_t          *extents;
    int32_t          *chain;
    double           *measures;
  } SagCudaHull;

  int sag_cuda_launch_hull (const SagCudaHull *job, void *stream);

  /**
   * SagCudaBox: a part of the stored voxels.
   * @voxels: (dims) of all, int16 or float32, i fastest
   * @first, @n: the part
   */
  typedef struct
  {
    const void *voxels;
    bool        is_float;
    int32_t     dims[3];
    int32_t     first[3];
    int32_t     n[3];
  } SagCudaBox;

  /** sag_cuda_launch_range: least and largest value of the box and 0; NaN counts for nothing. @range: out: (2) */
  int sag_cuda_launch_range (const SagCudaBox *box, float *range, void *stream);

  /**
   * SagCudaSplineAxis: SagSplineAxis with its tables on the device.
   * @taps: (n_out, 4), @weights: (n_out, 4)
   */
  typedef struct
  {
    int32_t        n_in;
    int32_t        n_out;
    int32_t        n_inside;
    bool           on_samples;
    const int32_t *taps;
    const double  *weights;
  } SagCudaSplineAxis;

#define SAG_CUDA_MOST_SAMPLES 4096

  /**
   * sag_cuda_launch_spline_rows: along i: values clamped to @low .. @high, filtered and interpolated.
   * @box: its n[0] is axis->n_in, at most SAG_CUDA_MOST_SAMPLES: a row lies in shared memory
   * @out: (box n[2], box n[1], axis n_inside)
   */
  int sag_cuda_launch_spline_rows (const SagCudaBox        *box,
                                   double                   low,
                                   double                   high,
                                   const SagCudaSplineAxis *axis,
                                   double                  *out,
                                   void                    *stream);

  /**
   * sag_cuda_launch_spline_columns: along j. Planes may be done a few at a time.
   * @lines: (n_planes, axis n_in, width), filtered in place
   * @out: (n_planes, axis n_inside, width)
   */
  int sag_cuda_launch_spline_columns (double                  *lines,
                                      int32_t                  n_planes,
                                      int32_t                  width,
                                      const SagCudaSplineAxis *axis,
                                      double                  *out,
                                      void                    *stream);

  /**
   * SagCudaPlanes: along k, then clamped and stored as whole Hounsfield units.
   * @lines: (k n_in, n_inside[1], n_inside[0]), filtered in place
   * @out: (k n_out, n[1], n[0]); what is not inside is @fill
   * @low, @high: outputs are clamped to this as float32
   * @truncate: towards zero; else to the nearest, halves to even
   */
  typedef struct
  {
    double           *lines;
    SagCudaSplineAxis k;
    int32_t           n_inside[2];
    int32_t           n[2];
    float             low;
    float             high;
    bool              truncate;
    int16_t           fill;
    int16_t          *out;
  } SagCudaPlanes;

  int sag_cuda_launch_spline_planes (const SagCudaPlanes *job, void *stream);

  /** SagCudaAreaAxis: SagAreaAxis with its tables on the device. */
  typedef struct
  {
    int32_t        n_out;
    const int32_t *low;
    const int32_t *high;
    const int32_t *size;
  } SagCudaAreaAxis;

  /**
   * SagCudaArea: averages Hounsfield units into network input, as sag_area_pool() does for all outputs.
   * @axes: along the buffer's i, j, k
   * @planes: (.., n[1], n[0]) int16
   * @n: rows and planes of the buffer
   * @stride: elements of @out from one output to the next along i, j, k
   * @out: where output (0, 0, 0) in buffer order goes
   */
  typedef struct
  {
    SagCudaAreaAxis axes[3];
    const int16_t  *planes;
    int32_t         n[2];
    int64_t         stride[3];
    float          *out;
  } SagCudaArea;

  int sag_cuda_launch_area (const SagCudaArea *job, void *stream);

#ifdef __cplusplus
}
#endif
