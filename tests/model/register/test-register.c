/* SPDX-License-Identifier: Apache-2.0 */
#include "model/register/register.h"

#include "model/core/error.h"
#include "model/volume/nifti.h"
#include "tests/model/register/moved.h"
#include "tests/support/test.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>

static SagRegistration
align (SagVolume *current, SagVolume *prior)
{
  SagRegistration registration;
  GError         *error = NULL;
  gboolean        aligned = sag_register (current, prior, &registration, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (aligned);
  return registration;
}

/* How many degrees the turn of one differs from that of the other. */
static double
turn_between (const double a[3][4], const double b[3][4])
{
  double trace = 0;

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 3; j++)
      trace += a[i][j] * b[i][j];
  return acos (CLAMP ((trace - 1) / 2, -1, 1)) * (180 / G_PI);
}

static const double degrees[3] = { 6, -4, 8 }, shift_mm[3] = { 18, -25, 40 };

/* Scanned again on a turned grid, so with other voxels and other noise, then moved to lie straight but elsewhere. */
static void
test_known_motion (void)
{
  const SagPhantomOptions turned = { .seed = 3, .rotation_degrees = { -4, 5, -7 } };
  g_autoptr (SagPhantom) current = sag_test_phantom ((SagPhantomOptions){ .seed = 3 });
  g_autoptr (SagPhantom) again = sag_test_phantom (turned);
  g_autoptr (SagVolume) prior = NULL;
  SagRegistration registration;
  double          motion[3][4], both[3][4];
  const double    still[3][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } };

  sag_test_motion (degrees, shift_mm, motion);
  prior = sag_test_move (again->image, motion);
  registration = align (current->image, prior);
  g_assert_cmpfloat (sag_test_furthest_mm (registration.current_to_prior, motion), <, 1);
  g_assert_cmpfloat (turn_between (registration.current_to_prior, motion), <, 1);
  sag_geometry_compose (registration.prior_to_current, registration.current_to_prior, both);
  g_assert_cmpfloat (sag_test_furthest_mm (both, still), <, 1e-9);
  g_assert_cmpint (registration.verdict, ==, SAG_REGISTER_GOOD);
  g_assert_cmpfloat (registration.misfit_mm, <, 0.5);
  g_assert_cmpfloat (registration.overlap, >, 0.99);
  g_assert_cmpfloat_with_epsilon (registration.turn_degrees, 10.7, 0.5);
}

/* Centre of an organ, RAS mm. */
static void
find_centre (const SagPhantom *phantom, gint16 organ, double ras_mm[3])
{
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->organs);
  const gint16      *organs = sag_volume_get_int16 (phantom->organs);
  const gint32      *dims = geometry->dims;
  double             sum[3] = { 0 };
  gsize              n = 0;

  for (gsize v = 0; v < (gsize) sag_geometry_n_voxels (geometry); v++)
    if (organs[v] == organ)
      {
        sum[0] += v % dims[0];
        sum[1] += v / dims[0] % dims[1];
        sum[2] += v / dims[0] / dims[1];
        n++;
      }
  g_assert_cmpuint (n, >, 50);
  for (guint a = 0; a < 3; a++)
    sum[a] /= (double) n;
  sag_geometry_to_ras (geometry, sum, ras_mm);
}

/* Another day: breath, posture, contrast medium and the thickness of slices differ, but the spine is the same. */
static void
test_another_day (void)
{
  const SagPhantomOptions later = {
    .seed = 3, .visit = 2, .enhanced = TRUE, .spacing_mm = { 2, 2, 4 }
  };
  g_autoptr (SagPhantom) prior = sag_test_phantom ((SagPhantomOptions){ .seed = 3 });
  g_autoptr (SagPhantom) current = sag_test_phantom (later);
  SagRegistration registration = align (current->image, prior->image);

  g_assert_cmpint (registration.verdict, ==, SAG_REGISTER_GOOD);
  for (gint16 vertebra = SAG_PHANTOM_VERTEBRA_T12; vertebra <= SAG_PHANTOM_VERTEBRA_T1 - 2;
       vertebra += 3)
    {
      double from[3], to[3];

      find_centre (prior, vertebra, from);
      find_centre (current, vertebra, to);
      sag_geometry_apply (registration.prior_to_current, from, from);
      for (guint a = 0; a < 3; a++)
        g_assert_cmpfloat_with_epsilon (from[a], to[a], 1);
    }
}

/* What is stored in another order of axes is the same scan. */
static void
test_orientation (void)
{
  static const char *const orders[] = { "LPS", "IAR", "PSL" };
  SagPhantomOptions        options = { .seed = 5, .visit = 1, .spacing_mm = { 3, 3, 3 } };
  g_autoptr (SagPhantom) prior = sag_test_phantom (options);
  SagRegistration first = { 0 };

  options.visit = 0;
  for (guint o = 0; o <= G_N_ELEMENTS (orders); o++)
    {
      g_autoptr (SagPhantom) current = NULL;
      SagRegistration registration;

      options.orientation = o == 0 ? "RAS" : orders[o - 1];
      current = sag_test_phantom (options);
      registration = align (current->image, prior->image);
      if (o == 0)
        first = registration;
      g_assert_cmpfloat (
        sag_test_furthest_mm (registration.prior_to_current, first.prior_to_current), <, 1e-6);
    }
}

static void
assert_not_aligned (SagVolume *current, SagVolume *prior, const char *why)
{
  SagRegistration registration;
  GError         *error = NULL;

  if (sag_register (current, prior, &registration, NULL, &error))
    g_assert_cmpint (registration.verdict, ==, SAG_REGISTER_DOUBTFUL);
  else
    sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, why);
}

static void
test_other_patient (void)
{
  g_autoptr (SagPhantom) one = sag_test_phantom ((SagPhantomOptions){ .seed = 3 });
  g_autoptr (SagPhantom) other = sag_test_phantom ((SagPhantomOptions){ .seed = 4 });
  g_autoptr (SagPhantom) third = sag_test_phantom ((SagPhantomOptions){ .seed = 5 });

  assert_not_aligned (one->image, other->image, "same patient");
  assert_not_aligned (other->image, one->image, "same patient");
  assert_not_aligned (third->image, one->image, "same patient");
}

/* A shared scan moved by hand comes back; another one's patient is somebody else. */
static void
test_scans (void)
{
  g_autofree char *paths[] = { sag_test_shared ("data/ct/lidc-idri-0314_chest_2mm.nii.gz"), NULL };
  g_autofree char *other_path = NULL;
  g_autoptr (SagVolume) scan = NULL;
  g_autoptr (SagVolume) other = NULL;
  g_autoptr (SagVolume) prior = NULL;
  double          motion[3][4];
  SagRegistration registration;

  if (paths[0] == NULL || (other_path = sag_test_shared ("data/ct/cip_ct-64_chest.nii.gz")) == NULL)
    return;
  scan = sag_nifti_load (paths[0], NULL, NULL, NULL, NULL);
  other = sag_nifti_load (other_path, NULL, NULL, NULL, NULL);
  g_assert_true (scan != NULL && other != NULL);
  sag_test_motion (degrees, shift_mm, motion);
  prior = sag_test_move (scan, motion);
  registration = align (scan, prior);
  g_assert_cmpfloat (turn_between (registration.current_to_prior, motion), <, 0.1);
  g_assert_cmpfloat (sag_test_furthest_mm (registration.current_to_prior, motion), <, 2);
  g_assert_cmpint (registration.verdict, ==, SAG_REGISTER_GOOD);
  assert_not_aligned (scan, other, "same patient");
  assert_not_aligned (other, scan, "same patient");
}

static void
test_no_lungs (void)
{
  g_autoptr (SagPhantom) whole = sag_test_phantom ((SagPhantomOptions){ .seed = 3 });
  const SagGeometry *geometry = sag_volume_get_geometry (whole->image);
  gint16            *voxels = g_new (gint16, (gsize) sag_geometry_n_voxels (geometry));
  g_autoptr (SagVolume) solid = NULL;
  SagRegistration registration;
  GError         *error = NULL;

  for (gsize v = 0; v < (gsize) sag_geometry_n_voxels (geometry); v++)
    voxels[v] = 40;
  solid = sag_volume_new_int16 (geometry, voxels);
  g_assert_false (sag_register (whole->image, solid, &registration, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "no lungs");
  g_assert_false (sag_register (solid, whole->image, &registration, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "could not be aligned");
}

static void
test_repeats (void)
{
  const SagPhantomOptions later = { .seed = 5, .visit = 2, .spacing_mm = { 3, 3, 3 } };
  g_autoptr (SagPhantom) current = sag_test_phantom ((SagPhantomOptions){ .seed = 5 });
  g_autoptr (SagPhantom) prior = sag_test_phantom (later);
  SagRegistration one = align (current->image, prior->image);
  SagRegistration two = align (current->image, prior->image);

  g_assert_cmpmem (one.prior_to_current, sizeof one.prior_to_current, two.prior_to_current,
                   sizeof two.prior_to_current);
}

/* Stands before GIO's, and cancels when it is asked for the n-th time. */
static int n_asked, cancel_at = -1;

gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  static gboolean (*ask) (GCancellable * cancellable);
  static gsize once;

  if (g_once_init_enter (&once))
    {
      ask = (gboolean (*) (GCancellable *)) dlsym (RTLD_NEXT, "g_cancellable_is_cancelled");
      g_once_init_leave (&once, 1);
    }
  if (cancellable != NULL && g_atomic_int_add (&n_asked, 1) == cancel_at)
    g_cancellable_cancel (cancellable);
  return ask (cancellable);
}

/* Before it begins, and in its midst: then little more is done. */
static void
test_cancel (void)
{
  g_autoptr (SagPhantom) one = sag_test_phantom ((SagPhantomOptions){ .seed = 3 });
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SagRegistration registration;
  GError         *error = NULL;
  int             n_whole;

  g_cancellable_cancel (cancellable);
  g_assert_false (sag_register (one->image, one->image, &registration, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_cancellable_reset (cancellable);
  n_asked = 0;
  g_assert_true (sag_register (one->image, one->image, &registration, cancellable, &error));
  n_whole = n_asked;
  g_assert_cmpint (n_whole, >, 20);
  for (int part = 1; part < 4; part++)
    {
      n_asked = 0;
      cancel_at = part * n_whole / 4;
      g_assert_false (sag_register (one->image, one->image, &registration, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (n_asked, <, n_whole);
      g_clear_error (&error);
      g_cancellable_reset (cancellable);
    }
  cancel_at = -1;
}

/* Only with -m perf: how long a pair takes. */
static void
test_speed (void)
{
  g_autoptr (SagPhantom) current = sag_test_phantom ((SagPhantomOptions){ .seed = 3 });
  g_autoptr (SagPhantom) prior = sag_test_phantom ((SagPhantomOptions){ .seed = 3, .visit = 2 });

  g_test_timer_start ();
  align (current->image, prior->image);
  g_test_minimized_result (g_test_timer_elapsed (), "%.2f s to align two phantoms",
                           g_test_timer_last ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_test_perf ())
    g_test_add_func ("/register/speed", test_speed);
  g_test_add_func ("/register/known-motion", test_known_motion);
  g_test_add_func ("/register/another-day", test_another_day);
  g_test_add_func ("/register/orientation", test_orientation);
  g_test_add_func ("/register/other-patient", test_other_patient);
  g_test_add_func ("/register/scans", test_scans);
  g_test_add_func ("/register/no-lungs", test_no_lungs);
  g_test_add_func ("/register/repeats", test_repeats);
  g_test_add_func ("/register/cancel", test_cancel);
  return g_test_run ();
}
