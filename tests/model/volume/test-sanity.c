/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti.h"
#include "model/volume/sanity.h"
#include "tests/support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 40
#define N_VOXELS (SIDE * SIDE * SIDE)

static const SagGeometry grid = {
  .dims = { SIDE, SIDE, SIDE },
  .ijk_to_ras = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } },
};

/* 40 % air, 25 % lung, 35 % soft tissue, each with noise; then scaled and moved. */
static SagIntensity *
check_chest (double slope, double shift, double low, double high)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (SagVolume) volume = NULL;
  gint16 *voxels = malloc (N_VOXELS * sizeof *voxels);

  for (int i = 0; i < N_VOXELS; i++)
    {
      const double place = i % 1000 / 1000.0, noise = g_rand_double_range (random, -20, 20);
      const double hu = (place < 0.4 ? -1000 : place < 0.65 ? -850 : 45) + noise;

      voxels[i] = (gint16) CLAMP (rint (hu * slope + shift), low, high);
    }
  volume = sag_volume_new_int16 (&grid, voxels);
  return sag_volume_check_intensity (volume);
}

static void
assert_sentence (const SagIntensity *intensity, const char *part)
{
  g_autofree char *all = g_strjoinv (" ", intensity->sentences);

  if (strstr (all, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", all, part);
}

static void
test_chest (void)
{
  g_autoptr (SagIntensity) intensity = check_chest (1, 0, -1024, 3071);

  g_assert_cmpint (intensity->kind, ==, SAG_INTENSITY_HU);
  g_assert_cmpfloat_with_epsilon (intensity->air_hu, -1000, 10);
  g_assert_cmpfloat_with_epsilon (intensity->soft_tissue_hu, 45, 10);
  g_assert_cmpfloat_with_epsilon (intensity->percentiles[3], -870, 30);
  g_assert_cmpfloat_with_epsilon (intensity->maximum, 65, 1);
  g_assert_null (intensity->sentences[0]);
}

static void
test_shifted (void)
{
  g_autoptr (SagIntensity) raw = check_chest (1, 1024, 0, 4095);
  g_autoptr (SagIntensity) twice = check_chest (1, -1024, -2048, 3071);
  g_autoptr (SagIntensity) a_little = check_chest (1, 90, -1024, 3071);
  g_autoptr (SagIntensity) picture = check_chest (0.9, 900, 0, 255);

  g_assert_cmpstr (sag_intensity_kind_to_string (raw->kind), ==, "not-rescaled");
  assert_sentence (raw, "intercept was not applied");
  g_assert_cmpstr (sag_intensity_kind_to_string (twice->kind), ==, "rescaled-twice");
  assert_sentence (twice, "applied twice");
  g_assert_cmpint (a_little->kind, ==, SAG_INTENSITY_HU);
  assert_sentence (a_little, "no air near -1000");
  assert_sentence (a_little, "between 0 and 80 HU");
  g_assert_cmpint (picture->kind, ==, SAG_INTENSITY_8_BIT);
}

static void
test_labels (void)
{
  gint16 *voxels = malloc (N_VOXELS * sizeof *voxels);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagIntensity) intensity = NULL;

  for (int i = 0; i < N_VOXELS; i++)
    voxels[i] = (gint16) (i / SIDE / 16 % 117); /* more labels than a mask has, in runs */
  volume = sag_volume_new_int16 (&grid, voxels);
  intensity = sag_volume_check_intensity (volume);
  g_assert_cmpint (intensity->kind, ==, SAG_INTENSITY_LABELS);
  assert_sentence (intensity, "label map");
  g_assert_true (isnan (intensity->air_hu));
}

static void
check_floats (float value, SagIntensityKind kind)
{
  float *voxels = malloc (N_VOXELS * sizeof *voxels);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagIntensity) intensity = NULL;

  for (int i = 0; i < N_VOXELS; i++)
    voxels[i] = i % 3 == 0 ? NAN : kind == SAG_INTENSITY_CONSTANT ? value : value * (float) i;
  volume = sag_volume_new_float (&grid, voxels);
  intensity = sag_volume_check_intensity (volume);
  g_assert_cmpint (intensity->kind, ==, kind);
  g_assert_nonnull (intensity->sentences[0]);
}

static void
test_odd_floats (void)
{
  check_floats (0, SAG_INTENSITY_CONSTANT);
  check_floats (NAN, SAG_INTENSITY_CONSTANT);
  check_floats (INFINITY, SAG_INTENSITY_CONSTANT);
  check_floats (1e30f, SAG_INTENSITY_UNKNOWN);
  check_floats (-1e-3f, SAG_INTENSITY_UNKNOWN);
}

static void
check_shared (const char *name, SagIntensityKind kind, const char *said)
{
  g_autofree char *path = sag_test_shared (name);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagIntensity) intensity = NULL;

  if (path == NULL)
    return;
  volume = sag_nifti_load (path, NULL, NULL, NULL, NULL);
  intensity = sag_volume_check_intensity (volume);
  g_assert_cmpint (intensity->kind, ==, kind);
  if (said == NULL)
    g_assert_null (intensity->sentences[0]);
  else
    assert_sentence (intensity, said);
}

static void
test_real (void)
{
  check_shared ("data/ct/lidc-idri-0314_chest_2mm.nii.gz", SAG_INTENSITY_HU, NULL);
  check_shared ("data/ct/lidc-idri-0001_partial-chest_2.5mm.nii.gz", SAG_INTENSITY_HU, "padding");
  check_shared ("data/ct/cip_ct-64_chest.nii.gz", SAG_INTENSITY_HU, NULL);
  check_shared ("data/ct/cip_ct-64_lung-labelmap.nii.gz", SAG_INTENSITY_LABELS, "label map");
  check_shared ("data/nifti-odd/niivue/torsoLabel.nii.gz", SAG_INTENSITY_LABELS, "label map");
  check_shared ("data/nifti-odd/niivue/CT_pitch.nii.gz", SAG_INTENSITY_8_BIT, "0..255");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/sanity/chest", test_chest);
  g_test_add_func ("/volume/sanity/shifted", test_shifted);
  g_test_add_func ("/volume/sanity/labels", test_labels);
  g_test_add_func ("/volume/sanity/odd-floats", test_odd_floats);
  g_test_add_func ("/volume/sanity/real", test_real);
  return g_test_run ();
}
