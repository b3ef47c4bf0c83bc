/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/scope.h"
#include "model/volume/volume-private.h"

#include "tests/model/prepare/test-lungs-scans.h"

#include <math.h>

/* The network's box, centred on the working grid's middle and moved by @shift_mm to the right. */
static SagGeometry
make_box (SagVolume *volume, double shift_mm)
{
  const gint32       dims[3] = { 256, 160, 128 };
  const double       spacing[3] = { 1.5, 2, 2 };
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  double             middle[3];

  for (guint a = 0; a < 3; a++)
    middle[a] = (geometry->dims[a] - 1) / 2.0;
  sag_geometry_to_ras (geometry, middle, middle);
  for (guint a = 0; a < 3; a++)
    middle[a] -= (dims[a] - 1) / 2.0 * spacing[a];
  middle[0] += shift_mm;
  return sag_geometry_init (dims, spacing, middle);
}

static void
judge (SagScope *scope, SagVolume *volume, double shift_mm, double mask_share)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagLungs) lungs = sag_lungs_segment (volume, NULL, &error);
  SagGeometry box = make_box (lungs->mask ? lungs->mask : volume, shift_mm);

  sag_scope_init (scope, volume, lungs, &box, mask_share);
  g_test_message ("%s, left %.0f ml, right %.0f ml, share %.3f, contrast %s",
                  sag_scope_verdict_to_string (scope->verdict), scope->left_lung_ml,
                  scope->right_lung_ml, scope->lung_share_in_box,
                  sag_contrast_to_string (scope->contrast));
  for (char **reason = scope->reasons; *reason != NULL; reason++)
    g_test_message ("%s", *reason);
  g_assert_true (scope->verdict == SAG_SCOPE_IN || scope->reasons[0] != NULL);
}

/* Judges @volume and takes it. @reason is a part of one of the sentences, NULL for none at all. */
static void
assert_verdict (SagVolume *volume, SagScopeVerdict verdict, const char *reason)
{
  gboolean said = FALSE;
  SagScope scope;

  judge (&scope, volume, 0, NAN);
  g_assert_cmpint (scope.verdict, ==, verdict);
  for (char **r = scope.reasons; reason != NULL && *r != NULL; r++)
    said |= strstr (*r, reason) != NULL;
  g_assert_true (said || reason == NULL);
  sag_scope_clear (&scope);
  sag_volume_unref (volume);
}

static void
test_normal (void)
{
  for (guint64 seed = 0; seed < 4; seed++)
    {
      g_autoptr (SagPhantom) phantom = sag_test_phantom (seed, 0, seed % 2 ? 3 : 1.5, "LPS");
      SagScope scope;

      judge (&scope, phantom->image, 0, NAN);
      g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_IN);
      g_assert_true (scope.lungs_found);
      g_assert_cmpfloat (scope.left_lung_ml, >, 2000);
      g_assert_cmpfloat (scope.right_lung_ml, >, 2000);
      g_assert_cmpfloat (scope.lung_share_in_box, >, 0.97);
      g_assert_cmpfloat (scope.slice_thickness_mm, ==, seed % 2 ? 3 : 1.5);
      g_assert_cmpint (scope.contrast, ==, SAG_CONTRAST_NONE);
      sag_scope_clear (&scope);
    }
}

/* What a person may be asked about is no reason to doubt: the model is there for it. */
static void
test_findings (void)
{
  static const guint findings[] = {
    SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_EFFUSION_RIGHT,
    SAG_FINDING_CONSOLIDATION_LEFT,
    SAG_FINDING_PNEUMOTHORAX | SAG_FINDING_NODULE,
  };

  for (guint f = 0; f < G_N_ELEMENTS (findings); f++)
    {
      g_autoptr (SagPhantom) phantom = sag_test_phantom (f, findings[f], 3, NULL);

      assert_verdict (sag_volume_ref (phantom->image), SAG_SCOPE_IN, f == 0 ? "reach lower" : NULL);
    }
}

static void
test_enhanced (void)
{
  SagPhantomOptions options = {
    .seed = 3, .enhanced = TRUE, .spacing_mm = { 2, 2, 2 }, .orientation = "IPR"
  };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  SagScope scope;

  judge (&scope, phantom->image, 0, NAN);
  g_assert_cmpint (scope.contrast, ==, SAG_CONTRAST_ENHANCED);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_IN);
  sag_scope_clear (&scope);
}

/* What a DICOM header says counts for more than what pixels look like. */
static void
test_header (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (1, 0, 3, NULL);
  g_autoptr (SagOrigin) origin = sag_origin_new (1);
  SagScope scope;

  origin->contrast = g_strdup ("Iomeprol");
  origin->slice_thickness_mm = 7;
  origin->age_years = 9.5;
  sag_volume_set_origin (phantom->image, origin);
  judge (&scope, phantom->image, 0, NAN);
  g_assert_cmpint (scope.contrast, ==, SAG_CONTRAST_ENHANCED);
  g_assert_cmpfloat (scope.slice_thickness_mm, ==, 7);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_DOUBTFUL);
  g_assert_nonnull (strstr (scope.reasons[0], "the patient is 9 years old"));
  g_assert_nonnull (strstr (scope.reasons[1], "7 mm thick"));
  sag_scope_clear (&scope);
}

static void
test_one_lung (void)
{
  g_autoptr (SagPhantom) no_left = sag_test_phantom (1, SAG_FINDING_NO_LEFT_LUNG, 3, "LPS");
  g_autoptr (SagPhantom) no_right = sag_test_phantom (1, SAG_FINDING_NO_RIGHT_LUNG, 3, "RAS");

  assert_verdict (sag_volume_ref (no_left->image), SAG_SCOPE_DOUBTFUL,
                  "Only the right lung holds air.");
  assert_verdict (sag_volume_ref (no_right->image), SAG_SCOPE_DOUBTFUL,
                  "Only the left lung holds air.");
}

static void
test_thick (void)
{
  SagPhantomOptions options = { .spacing_mm = { 1.5, 1.5, 10 }, .orientation = "LPS" };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);

  assert_verdict (sag_volume_ref (phantom->image), SAG_SCOPE_DOUBTFUL, "Slices lie 10 mm apart");
}

static void
test_box (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (0, 0, 3, NULL);
  SagScope scope;

  judge (&scope, phantom->image, 100, NAN);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_DOUBTFUL);
  g_assert_cmpfloat (scope.lung_share_in_box, >, 0.6);
  g_assert_cmpfloat (scope.lung_share_in_box, <, 0.9);
  g_assert_true (
    g_str_has_suffix (scope.reasons[0], " % of the lungs lie inside the analysed box."));
  sag_scope_clear (&scope);
  judge (&scope, phantom->image, 1000, NAN);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_OUT);
  g_assert_cmpfloat (scope.lung_share_in_box, ==, 0);
  sag_scope_clear (&scope);
  judge (&scope, phantom->image, 0, 0.71);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_DOUBTFUL);
  g_assert_cmpstr (scope.reasons[0], ==, "Only 71 % of the lungs lie inside the analysed box.");
  sag_scope_clear (&scope);
}

static void
test_no_box (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (0, 0, 4, NULL);
  g_autoptr (SagLungs) lungs = sag_lungs_segment (phantom->image, NULL, NULL);
  SagScope scope;

  sag_scope_init (&scope, phantom->image, lungs, NULL, NAN);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_IN);
  g_assert_true (isnan (scope.lung_share_in_box));
  sag_scope_clear (&scope);
}

/* White lungs that a mask knows of are doubtful; without the mask there are none. */
static void
test_white_out (void)
{
  g_autoptr (SagPhantom) phantom =
    sag_test_phantom (1, SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_NO_RIGHT_LUNG, 3, NULL);
  SagScope scope;

  judge (&scope, phantom->image, 0, NAN);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_OUT);
  g_assert_false (scope.lungs_found);
  sag_scope_clear (&scope);
  judge (&scope, phantom->image, 0, 1);
  g_assert_cmpint (scope.verdict, ==, SAG_SCOPE_DOUBTFUL);
  g_assert_cmpfloat (scope.lung_share_in_box, ==, 1);
  sag_scope_clear (&scope);
}

static void
test_parts (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (0, 0, 3, NULL);
  gint32 n = sag_volume_get_geometry (phantom->image)->dims[2];

  assert_verdict (sag_test_crop (phantom->image, 0, 25), SAG_SCOPE_OUT,
                  "only the bases of the lungs");
  assert_verdict (sag_test_crop (phantom->image, n - 26, n), SAG_SCOPE_OUT,
                  "only the tips of the lungs");
  assert_verdict (sag_test_crop (phantom->image, 40, 70), SAG_SCOPE_DOUBTFUL, "covers only 90 mm");
  assert_verdict (sag_test_crop (phantom->image, 40, 70), SAG_SCOPE_DOUBTFUL,
                  "cuts the lungs off above and below");
  assert_verdict (sag_test_crop (phantom->image, 40, 55), SAG_SCOPE_OUT, "covers only 45 mm");
}

static void
test_head (void)
{
  assert_verdict (sag_test_head (), SAG_SCOPE_OUT,
                  "does not look like an adult chest CT: no lungs were found.");
}

/* The same voxels, closer together: a chest of half the size. */
static void
test_child (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (0, 0, 3, NULL);
  SagGeometry geometry = *sag_volume_get_geometry (phantom->image);
  gsize       size = sag_geometry_n_voxels (&geometry) * sizeof (gint16);

  for (guint a = 0; a < 3; a++)
    for (guint b = 0; b < 4; b++)
      geometry.ijk_to_ras[a][b] *= 0.6;
  assert_verdict (
    sag_volume_new_int16 (&geometry, g_memdup2 (sag_volume_get_int16 (phantom->image), size)),
    SAG_SCOPE_DOUBTFUL, "as in a child");
}

/* Labels, a scan without its intercept, one rescaled twice, numbers from 0 to 1, nothing at all. */
static void
test_not_hu (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (0, 0, 4, NULL);
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);
  const gint16      *hu = sag_volume_get_int16 (phantom->image);
  gsize              n = sag_geometry_n_voxels (geometry);
  gint16            *raw = g_new (gint16, n), *twice = g_new (gint16, n);
  float             *unit = g_new (float, n);

  for (gsize v = 0; v < n; v++)
    {
      raw[v] = hu[v] + 1024;
      twice[v] = hu[v] - 1024;
      unit[v] = CLAMP (hu[v] / 2000.0f + 0.5f, 0, 1);
    }
  assert_verdict (sag_volume_ref (phantom->labels), SAG_SCOPE_OUT, "like a label map");
  assert_verdict (sag_volume_new_int16 (geometry, raw), SAG_SCOPE_OUT, "intercept was not applied");
  assert_verdict (sag_volume_new_int16 (geometry, twice), SAG_SCOPE_OUT,
                  "intercept was applied twice");
  assert_verdict (sag_volume_new_float (geometry, unit), SAG_SCOPE_OUT,
                  "do not look like Hounsfield units");
  assert_verdict (sag_test_constant (50, -1000), SAG_SCOPE_OUT, "hold the same value");
  assert_verdict (sag_test_constant (1, 0), SAG_SCOPE_OUT, "no lungs were found");
}

static void
test_real (void)
{
  static const struct
  {
    const char     *name;
    SagScopeVerdict verdict;
    const char     *reason;
    SagContrast     contrast;
  } scans[] = {
    { "data/ct/lidc-idri-0314_chest_2mm.nii.gz", SAG_SCOPE_IN, NULL, SAG_CONTRAST_NONE },
    { "data/ct/cip_ct-64_chest.nii.gz", SAG_SCOPE_IN, NULL, SAG_CONTRAST_NONE },
    { "data/ct/lidc-idri-0001_partial-chest_2.5mm.nii.gz", SAG_SCOPE_OUT, "only 40 mm",
      SAG_CONTRAST_ENHANCED },
    { "oracle/ct/example_ct.nii.gz", SAG_SCOPE_OUT, "only the bases", SAG_CONTRAST_NONE },
    { "oracle/ct/example_ct_sm.nii.gz", SAG_SCOPE_OUT, "only the bases", SAG_CONTRAST_NONE },
    { "oracle/ct/pulmonary_ct_cropped.nii.gz", SAG_SCOPE_DOUBTFUL, "at its sides",
      SAG_CONTRAST_ENHANCED },
    { "oracle/ct/aorta_ct_cropped.nii.gz", SAG_SCOPE_DOUBTFUL, "at its sides",
      SAG_CONTRAST_ENHANCED },
    { "data/ct/cip_ct-64_lungs-LR.nii.gz", SAG_SCOPE_OUT, "label map", SAG_CONTRAST_UNKNOWN },
  };

  for (guint s = 0; s < G_N_ELEMENTS (scans); s++)
    {
      SagVolume *scan = sag_test_load_shared (scans[s].name);
      SagScope   scope;

      if (scan == NULL)
        return;
      g_test_message ("%s", scans[s].name);
      judge (&scope, scan, 0, NAN);
      g_assert_cmpint (scope.contrast, ==, scans[s].contrast);
      sag_scope_clear (&scope);
      assert_verdict (scan, scans[s].verdict, scans[s].reason);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prepare/scope/normal", test_normal);
  g_test_add_func ("/prepare/scope/findings", test_findings);
  g_test_add_func ("/prepare/scope/enhanced", test_enhanced);
  g_test_add_func ("/prepare/scope/header", test_header);
  g_test_add_func ("/prepare/scope/one-lung", test_one_lung);
  g_test_add_func ("/prepare/scope/thick", test_thick);
  g_test_add_func ("/prepare/scope/box", test_box);
  g_test_add_func ("/prepare/scope/no-box", test_no_box);
  g_test_add_func ("/prepare/scope/white-out", test_white_out);
  g_test_add_func ("/prepare/scope/parts", test_parts);
  g_test_add_func ("/prepare/scope/head", test_head);
  g_test_add_func ("/prepare/scope/child", test_child);
  g_test_add_func ("/prepare/scope/not-hu", test_not_hu);
  g_test_add_func ("/prepare/scope/real", test_real);
  return g_test_run ();
}
