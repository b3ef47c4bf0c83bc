/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/geometry.h"

#include <math.h>
#include <string.h>

#define DEGREES_PER_RADIAN 57.29577951308232
#define SHEAR_DEGREES 0.1

SagGeometry
sag_geometry_init (const int32_t dims[3], const double spacing_mm[3], const double origin_mm[3])
{
  SagGeometry geometry = { { 0 } };

  for (int a = 0; a < 3; a++)
    {
      geometry.dims[a] = dims[a];
      geometry.ijk_to_ras[a][a] = spacing_mm[a];
      geometry.ijk_to_ras[a][3] = origin_mm[a];
    }
  return geometry;
}

int64_t
sag_geometry_n_voxels (const SagGeometry *geometry)
{
  return (int64_t) geometry->dims[0] * geometry->dims[1] * geometry->dims[2];
}

void
sag_geometry_spacing_mm (const SagGeometry *geometry, double spacing_mm[3])
{
  const double (*m)[4] = geometry->ijk_to_ras;

  for (int c = 0; c < 3; c++)
    spacing_mm[c] = sqrt (m[0][c] * m[0][c] + m[1][c] * m[1][c] + m[2][c] * m[2][c]);
}

void
sag_geometry_to_ras (const SagGeometry *geometry, const double ijk[3], double ras_mm[3])
{
  sag_geometry_apply (geometry->ijk_to_ras, ijk, ras_mm);
}

/* Inverse of the 3x3 part; false if its columns span (nearly) no volume or are not finite. */
static bool
invert_3x3 (const double m[3][4], double inverse[3][3])
{
  double cofactor[3][3], det, size = 1;

  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      cofactor[r][c] = m[(r + 1) % 3][(c + 1) % 3] * m[(r + 2) % 3][(c + 2) % 3] -
                       m[(r + 1) % 3][(c + 2) % 3] * m[(r + 2) % 3][(c + 1) % 3];
  det = m[0][0] * cofactor[0][0] + m[0][1] * cofactor[0][1] + m[0][2] * cofactor[0][2];
  for (int c = 0; c < 3; c++)
    size *= sqrt (m[0][c] * m[0][c] + m[1][c] * m[1][c] + m[2][c] * m[2][c]);
  if (!isfinite (det) || !isfinite (size) || !(fabs (det) > 1e-9 * size))
    return false;
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      inverse[r][c] = cofactor[c][r] / det;
  return true;
}

bool
sag_geometry_invert (const SagGeometry *geometry, double ras_to_ijk[3][4])
{
  const double (*m)[4] = geometry->ijk_to_ras;
  double inverse[3][3];

  if (!invert_3x3 (m, inverse))
    return false;
  for (int r = 0; r < 3; r++)
    {
      for (int c = 0; c < 3; c++)
        ras_to_ijk[r][c] = inverse[r][c];
      ras_to_ijk[r][3] =
        -(inverse[r][0] * m[0][3] + inverse[r][1] * m[1][3] + inverse[r][2] * m[2][3]);
    }
  return true;
}

void
sag_geometry_apply (const double affine[3][4], const double point[3], double out[3])
{
  double x = point[0], y = point[1], z = point[2];

  for (int r = 0; r < 3; r++)
    out[r] = affine[r][0] * x + affine[r][1] * y + affine[r][2] * z + affine[r][3];
}

void
sag_geometry_compose (const double a[3][4], const double b[3][4], double out[3][4])
{
  double product[3][4];

  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      product[r][c] =
        a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c] + (c == 3 ? a[r][3] : 0);
  memcpy (out, product, sizeof product);
}

/* Unit vectors along the stored axes, as columns. */
static void
get_directions (const SagGeometry *geometry, double direction[3][4])
{
  double spacing[3];

  sag_geometry_spacing_mm (geometry, spacing);
  for (int r = 0; r < 3; r++)
    {
      for (int c = 0; c < 3; c++)
        direction[r][c] = spacing[c] > 0 ? geometry->ijk_to_ras[r][c] / spacing[c] : 0;
      direction[r][3] = 0;
    }
}

/* The orthogonal matrix closest to @m: the limit of X <- (X + X^-T) / 2.
 *
 * Higham, "Computing the polar decomposition - with applications", SIAM J. Sci. Stat. Comput. 7
 * (1986), algorithm Polar. A singular matrix is left as it is.
 */
static void
make_orthogonal (double m[3][4])
{
  double inverse[3][3], change = 1;

  for (int step = 0; step < 50 && change > 1e-15 && invert_3x3 (m, inverse); step++)
    {
      change = 0;
      for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
          {
            double next = (m[r][c] + inverse[c][r]) / 2;

            change = fmax (change, fabs (next - m[r][c]));
            m[r][c] = next;
          }
    }
}

void
sag_geometry_nearest_axes (const SagGeometry *geometry, int axis[3], bool flip[3])
{
  double rotation[3][4];
  bool   taken[3] = { false };

  get_directions (geometry, rotation);
  make_orthogonal (rotation);
  for (int c = 0; c < 3; c++)
    {
      int best = -1;

      for (int r = 0; r < 3; r++)
        if (!taken[r] && (best < 0 || fabs (rotation[r][c]) > fabs (rotation[best][c])))
          best = r;
      taken[best] = true;
      axis[best] = c;
      flip[best] = rotation[best][c] < 0;
    }
}

void
sag_geometry_letters (const SagGeometry *geometry, char letters[4])
{
  int  axis[3];
  bool flip[3];

  sag_geometry_nearest_axes (geometry, axis, flip);
  for (int r = 0; r < 3; r++)
    letters[axis[r]] = flip[r] ? "LPI"[r] : "RAS"[r];
  letters[3] = '\0';
}

SagGeometry
sag_geometry_to_canonical (const SagGeometry *geometry)
{
  SagGeometry canonical = { { 0 } };
  double      first[3] = { 0 }, origin[3];
  int         axis[3];
  bool        flip[3];

  sag_geometry_nearest_axes (geometry, axis, flip);
  for (int a = 0; a < 3; a++)
    {
      canonical.dims[a] = geometry->dims[axis[a]];
      if (flip[a])
        first[axis[a]] = geometry->dims[axis[a]] - 1;
      for (int r = 0; r < 3; r++)
        canonical.ijk_to_ras[r][a] =
          flip[a] ? -geometry->ijk_to_ras[r][axis[a]] : geometry->ijk_to_ras[r][axis[a]];
    }
  sag_geometry_to_ras (geometry, first, origin);
  for (int r = 0; r < 3; r++)
    canonical.ijk_to_ras[r][3] = origin[r];
  return canonical;
}

double
sag_geometry_obliquity_degrees (const SagGeometry *geometry)
{
  double direction[3][4], largest = 0;
  int    axis[3];
  bool   flip[3];

  get_directions (geometry, direction);
  sag_geometry_nearest_axes (geometry, axis, flip);
  for (int r = 0; r < 3; r++)
    {
      const double along = fabs (direction[r][axis[r]]);
      const double across =
        hypot (direction[(r + 1) % 3][axis[r]], direction[(r + 2) % 3][axis[r]]);

      largest = fmax (largest, atan2 (across, along) * DEGREES_PER_RADIAN);
    }
  return largest;
}

bool
sag_geometry_is_sheared (const SagGeometry *geometry)
{
  const double limit = sin (SHEAR_DEGREES / DEGREES_PER_RADIAN);
  double       d[3][4];

  get_directions (geometry, d);
  for (int a = 0; a < 3; a++)
    {
      int b = (a + 1) % 3;

      if (fabs (d[0][a] * d[0][b] + d[1][a] * d[1][b] + d[2][a] * d[2][b]) > limit)
        return true;
    }
  return false;
}

SagGeometry
sag_geometry_coarsen (const SagGeometry *geometry, const int32_t factor[3])
{
  SagGeometry coarse = *geometry;
  double      first[3], origin[3];

  for (int a = 0; a < 3; a++)
    {
      coarse.dims[a] = (int32_t) (((int64_t) geometry->dims[a] + factor[a] - 1) / factor[a]);
      first[a] = (factor[a] - 1) / 2.0;
    }
  sag_geometry_to_ras (geometry, first, origin);
  for (int r = 0; r < 3; r++)
    {
      for (int c = 0; c < 3; c++)
        coarse.ijk_to_ras[r][c] *= factor[c];
      coarse.ijk_to_ras[r][3] = origin[r];
    }
  return coarse;
}

bool
sag_geometry_equal (const SagGeometry *a, const SagGeometry *b, double tolerance_mm)
{
  if (memcmp (a->dims, b->dims, sizeof a->dims) != 0)
    return false;
  return sag_geometry_corner_distance_mm (a, b) <= tolerance_mm;
}

double
sag_geometry_corner_distance_mm (const SagGeometry *a, const SagGeometry *b)
{
  double largest = 0;

  for (int corner = 0; corner < 8; corner++)
    {
      double ijk[3], p[3], q[3], distance;

      for (int c = 0; c < 3; c++)
        ijk[c] = corner >> c & 1 ? a->dims[c] - 0.5 : -0.5;
      sag_geometry_to_ras (a, ijk, p);
      sag_geometry_to_ras (b, ijk, q);
      distance = sqrt ((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
                       (p[2] - q[2]) * (p[2] - q[2]));
      if (!(distance <= largest))
        largest = distance;
    }
  return largest;
}

bool
sag_geometry_same_point (const double a[3], const double b[3])
{
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}
