/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti-private.h"

#include "model/core/error.h"

#include <math.h>
#include <nifti2_io.h>
#include <string.h>

/* Where a NIfTI file lies in the patient.
 *
 * nifti1.h, "3D IMAGE (VOLUME) ORIENTATION AND LOCATION IN SPACE". Which of the forms counts is
 * nibabel's rule (nifti1.py, get_best_affine): the sform where its code is above 0, else the qform,
 * else the spacings alone, with the first axis running to the left and 0 mm in the middle of the
 * grid (analyze.py, get_base_affine).
 *
 * libnifti turns quaternions into matrices and back. For the way back it takes the nearest rotation
 * by a polar decomposition, so that a sheared grid gets the qform that the standard asks for.
 */

#define AGREE_MM 0.1
#define OBLIQUE_DEGREES 0.5
#define SPACING_LOW_MM 1e-4
#define SPACING_HIGH_MM 1e4
#define PLACE_HIGH_MM 1e7

void
sag_nifti_qform_to_affine (const SagNiftiQform *qform, double affine[3][4])
{
  nifti_dmat44 matrix = nifti_quatern_to_dmat44 (
    qform->quatern[0], qform->quatern[1], qform->quatern[2], qform->qoffset[0], qform->qoffset[1],
    qform->qoffset[2], qform->spacing_mm[0], qform->spacing_mm[1], qform->spacing_mm[2],
    qform->qfac);

  memcpy (affine, matrix.m, sizeof (double[3][4]));
}

/* What readers make of b, c, d: a = sqrt (1 - b^2 - c^2 - d^2), or 0 where rounding took the root's
 * argument below. */
static double
get_quaternion_a (const double quatern[3])
{
  return sqrt (
    fmax (0, 1 - quatern[0] * quatern[0] - quatern[1] * quatern[1] - quatern[2] * quatern[2]));
}

/* Rounds b, c, d to float32, each up or down so that a comes out best. Near a = 0 the nearest
 * floats may be wrong by 3e-4 in a, 0.1 mm at the corner of a chest. */
static void
round_quaternion (double quatern[3])
{
  const double a = get_quaternion_a (quatern);
  double       best[3] = { 0 }, best_error = INFINITY;

  for (int choice = 0; choice < 8; choice++)
    {
      double rounded[3], error;

      for (int i = 0; i < 3; i++)
        {
          const float  nearest = (float) quatern[i];
          const double other = nextafterf (nearest, nearest < quatern[i] ? INFINITY : -INFINITY);

          rounded[i] = choice >> i & 1 && nearest != quatern[i] ? other : nearest;
        }
      error = fabs (get_quaternion_a (rounded) - a);
      if (error < best_error)
        {
          best_error = error;
          memcpy (best, rounded, sizeof best);
        }
    }
  memcpy (quatern, best, sizeof best);
}

void
sag_nifti_qform_from_geometry (const SagGeometry *geometry, SagNiftiQform *qform)
{
  nifti_dmat44 matrix = { { { 0 } } };

  memcpy (matrix.m, geometry->ijk_to_ras, sizeof geometry->ijk_to_ras);
  matrix.m[3][3] = 1;
  nifti_dmat44_to_quatern (matrix, &qform->quatern[0], &qform->quatern[1], &qform->quatern[2],
                           &qform->qoffset[0], &qform->qoffset[1], &qform->qoffset[2],
                           &qform->spacing_mm[0], &qform->spacing_mm[1], &qform->spacing_mm[2],
                           &qform->qfac);
  round_quaternion (qform->quatern);
}

static gboolean
fail (GError **error, const char *name, const char *what)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s cannot be placed in the patient: %s. Export it again, or correct its header.",
               name, what);
  return FALSE;
}

static gboolean
is_all_finite (const double *values, int n)
{
  for (int i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;
  return TRUE;
}

/* Spacings as positive numbers. One of zero matters only where no sform replaces it, and the
 * thickness of a single slice not even there. */
static gboolean
get_spacing (const SagNiftiHeader *header,
             const char           *name,
             gboolean              needed,
             double                spacing_mm[3],
             GPtrArray            *warnings,
             GError              **error)
{
  for (int a = 0; a < 3; a++)
    {
      spacing_mm[a] = fabs (header->pixdim[a + 1]);
      if (isfinite (spacing_mm[a]) && spacing_mm[a] > 0)
        continue;
      if (needed && header->dims[a] > 1)
        return fail (error, name,
                     isfinite (spacing_mm[a]) ? "its header says a voxel spacing of 0 mm"
                                              : "its voxel spacing is no number");
      if (header->dims[a] > 1)
        sag_nifti_warn (warnings,
                        "The header's spacing along %c is 0 or no number; the sform's is used.",
                        "ijk"[a]);
      else if (needed)
        sag_nifti_warn (warnings, "The header says no spacing along %c; 1 mm was taken.", "ijk"[a]);
      spacing_mm[a] = 1;
    }
  return TRUE;
}

static gboolean
get_qform (const SagNiftiHeader *header, const double spacing_mm[3], double affine[3][4])
{
  SagNiftiQform qform = { .qfac = header->pixdim[0] < 0 ? -1 : 1 };

  if (!is_all_finite (header->quatern, 3) || !is_all_finite (header->qoffset, 3))
    return FALSE;
  memcpy (qform.quatern, header->quatern, sizeof qform.quatern);
  memcpy (qform.qoffset, header->qoffset, sizeof qform.qoffset);
  memcpy (qform.spacing_mm, spacing_mm, sizeof qform.spacing_mm);
  sag_nifti_qform_to_affine (&qform, affine);
  return TRUE;
}

static void
get_centred (const SagNiftiHeader *header, const double spacing_mm[3], double affine[3][4])
{
  memset (affine, 0, sizeof (double[3][4]));
  for (int a = 0; a < 3; a++)
    {
      affine[a][a] = a == 0 ? -spacing_mm[a] : spacing_mm[a];
      affine[a][3] = -affine[a][a] * (header->dims[a] - 1) / 2.0;
    }
}

/* Refuses what no patient can be: the products of such numbers would overflow further on. */
static gboolean
check_extent (const SagGeometry *geometry, const char *name, GError **error)
{
  double spacing_mm[3], inverse[3][4];

  if (!is_all_finite (&geometry->ijk_to_ras[0][0], 12))
    return fail (error, name, "its affine holds values that are no numbers");
  sag_geometry_spacing_mm (geometry, spacing_mm);
  for (int a = 0; a < 3; a++)
    {
      if (spacing_mm[a] == 0)
        return fail (error, name, "its affine says a voxel spacing of 0 mm");
      if (!(spacing_mm[a] >= SPACING_LOW_MM && spacing_mm[a] <= SPACING_HIGH_MM))
        return fail (error, name, "its voxel spacing is below 0.0001 mm or above 10 m");
      if (!(fabs (geometry->ijk_to_ras[a][3]) <= PLACE_HIGH_MM))
        return fail (error, name, "its origin lies kilometres away");
    }
  if (!sag_geometry_invert (geometry, inverse))
    return fail (error, name, "two axes of its affine run the same way");
  return TRUE;
}

static void
warn_about_shape (const SagGeometry *geometry, GPtrArray *warnings)
{
  const double     degrees = sag_geometry_obliquity_degrees (geometry);
  g_autofree char *text = sag_nifti_dup_number (degrees, 1);

  if (sag_geometry_is_sheared (geometry))
    sag_nifti_warn (warnings,
                    "The voxel axes are not at right angles (sheared by up to %s degrees, as by a "
                    "tilted gantry).",
                    text);
  else if (degrees > OBLIQUE_DEGREES)
    sag_nifti_warn (warnings,
                    "The scan is oblique: its axes are up to %s degrees off the patient's.", text);
}

static void
warn_about_forms (const SagGeometry *geometry, const SagGeometry *qform, GPtrArray *warnings)
{
  const double     apart = sag_geometry_corner_distance_mm (geometry, qform);
  g_autofree char *text = sag_nifti_dup_number (apart, apart < 10 ? 1 : 0);

  if (apart > AGREE_MM)
    sag_nifti_warn (warnings,
                    "The file places the scan twice, and sform and qform are up to %s mm apart; "
                    "the sform is used.",
                    text);
}

gboolean
sag_nifti_header_get_geometry (const SagNiftiHeader *header,
                               const char           *name,
                               SagGeometry          *geometry,
                               GPtrArray            *warnings,
                               GError              **error)
{
  const gboolean has_sform = header->sform_code > 0, has_qform = header->qform_code > 0;
  SagGeometry    qform;
  gboolean       qform_is_finite;
  double         spacing_mm[3];

  if (!get_spacing (header, name, !has_sform, spacing_mm, warnings, error))
    return FALSE;
  memcpy (geometry->dims, header->dims, sizeof geometry->dims);
  qform = *geometry;
  qform_is_finite = has_qform && get_qform (header, spacing_mm, qform.ijk_to_ras);
  if (has_sform)
    memcpy (geometry->ijk_to_ras, header->srow, sizeof geometry->ijk_to_ras);
  else if (has_qform && !qform_is_finite)
    return fail (error, name, "its qform holds values that are no numbers");
  else if (has_qform)
    *geometry = qform;
  else
    get_centred (header, spacing_mm, geometry->ijk_to_ras);
  if (!check_extent (geometry, name, error))
    return FALSE;

  if (!has_sform && !has_qform)
    sag_nifti_warn (warnings,
                    "The file does not say how the scan lies in the patient (neither sform nor "
                    "qform): that the first axis runs to the patient's left is a guess, so LEFT "
                    "AND RIGHT MAY BE SWAPPED.");
  if (has_sform && qform_is_finite)
    warn_about_forms (geometry, &qform, warnings);
  if (header->xyz_units == NIFTI_UNITS_METER || header->xyz_units == NIFTI_UNITS_MICRON)
    sag_nifti_warn (
      warnings,
      "The header gives lengths in %s; they were read as millimetres, as other programs do.",
      header->xyz_units == NIFTI_UNITS_METER ? "metres" : "micrometres");
  warn_about_shape (geometry, warnings);
  return TRUE;
}
