/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where voxels lie. Plain C: the CUDA engine includes this header. */

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  /**
   * SagGeometry: a grid of voxels in the patient.
   * @dims: voxels along i, j, k; i is the fastest in memory: index = i + ni * (j + nj * k)
   * @ijk_to_ras: affine from voxel indices to mm in the patient: +x right, +y anterior, +z superior, as in
   *   NIfTI. Integer indices are voxel centres; the corner of the grid is (-0.5, -0.5, -0.5).
   */
  typedef struct
  {
    int32_t dims[3];
    double  ijk_to_ras[3][4];
  } SagGeometry;

  /** sag_geometry_init: axis-aligned RAS grid, centre of voxel (0,0,0) at @origin_mm. */
  SagGeometry
  sag_geometry_init (const int32_t dims[3], const double spacing_mm[3], const double origin_mm[3]);

  int64_t sag_geometry_n_voxels (const SagGeometry *geometry);

  /** sag_geometry_spacing_mm: lengths of the three index steps. */
  void sag_geometry_spacing_mm (const SagGeometry *geometry, double spacing_mm[3]);

  void sag_geometry_to_ras (const SagGeometry *geometry, const double ijk[3], double ras_mm[3]);

  /** sag_geometry_invert: @ras_to_ijk gets the inverse affine; false if the grid has no volume. */
  bool sag_geometry_invert (const SagGeometry *geometry, double ras_to_ijk[3][4]);

  /** sag_geometry_apply: out = affine * point. @out may be @point. */
  void sag_geometry_apply (const double affine[3][4], const double point[3], double out[3]);

  /** sag_geometry_compose: out = a after b, for example ras_to_ijk of one grid after ijk_to_ras of another. */
  void sag_geometry_compose (const double a[3][4], const double b[3][4], double out[3][4]);

  /**
   * sag_geometry_nearest_axes: which stored axis runs closest to each patient axis.
   * @axis: for R, A, S: the index axis (0..2), each used once (nibabel's io_orientation)
   * @flip: for R, A, S: true if that axis runs towards L, P, I
   */
  void sag_geometry_nearest_axes (const SagGeometry *geometry, int axis[3], bool flip[3]);

  /** sag_geometry_letters: "LPS" and so on: the direction in which each stored axis rises. */
  void sag_geometry_letters (const SagGeometry *geometry, char letters[4]);

  /** sag_geometry_to_canonical: the same grid with its axes reordered and flipped to lie closest to R, A, S. */
  SagGeometry sag_geometry_to_canonical (const SagGeometry *geometry);

  /** sag_geometry_obliquity_degrees: the largest angle between a stored axis and its nearest patient axis. */
  double sag_geometry_obliquity_degrees (const SagGeometry *geometry);

  /** sag_geometry_is_sheared: the stored axes are not at right angles (more than 0.1 degree off). */
  bool sag_geometry_is_sheared (const SagGeometry *geometry);

  /** sag_geometry_coarsen: the grid whose voxels are blocks of @factor of this one's, corner kept. Dims round up. */
  SagGeometry sag_geometry_coarsen (const SagGeometry *geometry, const int32_t factor[3]);

  /**
   * sag_geometry_corner_distance_mm: the furthest that a corner of @a's grid moves under @b's
   * affine; NaN if one is.
   */
  double sag_geometry_corner_distance_mm (const SagGeometry *a, const SagGeometry *b);

/** SAG_SAME_GRID_MM: what rounding in a header does is no other grid. */
#define SAG_SAME_GRID_MM 0.01

  /** sag_geometry_equal: same dims, and no corner of the grid further than @tolerance_mm from its twin. */
  bool sag_geometry_equal (const SagGeometry *a, const SagGeometry *b, double tolerance_mm);

  /** sag_geometry_same_point: the very same three numbers. */
  bool sag_geometry_same_point (const double a[3], const double b[3]);

#ifdef __cplusplus
}
#endif
