/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs.h"

#include "tests/model/prepare/test-lungs-scans.h"

#include <math.h>

static SagLungs *
segment (SagVolume *volume)
{
  g_autoptr (GError) error = NULL;
  SagLungs *lungs = sag_lungs_segment (volume, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (lungs);
  g_test_message ("left %.0f ml, right %.0f ml, %.1f .. %.1f mm%s", lungs->left_ml, lungs->right_ml,
                  lungs->thorax_range_mm[0], lungs->thorax_range_mm[1],
                  lungs->range_is_wider ? ", wider" : "");
  return lungs;
}

static SagVolume *
refine (const SagLungs *lungs, SagVolume *volume)
{
  g_autoptr (GError) error = NULL;
  SagVolume *mask = sag_lungs_refine (lungs, volume, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (mask);
  g_assert_true (
    sag_geometry_equal (sag_volume_get_geometry (mask), sag_volume_get_geometry (volume), 1e-9));
  return mask;
}

static gint16
side_of_label (gint16 label)
{
  if (label == SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT || label == SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT)
    return SAG_LUNG_LEFT;
  if (label >= SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT && label <= SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT)
    return SAG_LUNG_RIGHT;
  return 0;
}

static gint16
side_itself (gint16 label)
{
  return label;
}

/* 2 |a and b| / (|a| + |b|) of one lung, the truth's labels turned into sides by @to_side. */
static double
dice (SagVolume *mask, SagVolume *truth, gint16 (*to_side) (gint16), gint16 side)
{
  const gint16 *a = sag_volume_get_int16 (mask), *b = sag_volume_get_int16 (truth);
  gint64        n_both = 0, n_all = 0;

  for (gint64 v = 0; v < sag_geometry_n_voxels (sag_volume_get_geometry (mask)); v++)
    {
      gboolean is_truth = to_side (b[v]) == side;

      n_both += a[v] == side && is_truth;
      n_all += (a[v] == side) + is_truth;
    }
  return 2.0 * n_both / n_all;
}

/* Centres of the lowest and the highest slice that hold lung or a finding. */
static void
true_range (const SagPhantom *phantom, double range_mm[2])
{
  SagVoxels labels;
  gint32    low = G_MAXINT32, high = -1;
  double    spacing[3];

  sag_volume_view_ras (phantom->labels, &labels);
  sag_geometry_spacing_mm (&labels.geometry, spacing);
  for (gint32 k = 0; k < labels.geometry.dims[2]; k++)
    for (gint32 j = 0; j < labels.geometry.dims[1]; j++)
      for (gint32 i = 0; i < labels.geometry.dims[0]; i++)
        {
          gint16 label =
            ((const gint16 *)
               labels.origin)[i * labels.stride[0] + j * labels.stride[1] + k * labels.stride[2]];

          if (side_of_label (label) == 0 && label < SAG_PHANTOM_EFFUSION_LEFT)
            continue;
          low = MIN (low, k);
          high = MAX (high, k);
        }
  range_mm[0] = low * spacing[2];
  range_mm[1] = high * spacing[2];
}

/* Both lungs, on the right sides, and the range to the slice, on any grid. */
static void
test_healthy (void)
{
  static const struct
  {
    const char *orientation;
    double      spacing_mm[3];
    double      rotation[3];
  } grids[] = {
    { "RAS", { 2, 2, 2 }, { 0 } },         { "LPS", { 1.4, 1.4, 5 }, { 0 } },
    { "IAR", { 2.5, 3, 2 }, { 0 } },       { "PSL", { 3, 1.2, 3 }, { 0 } },
    { "LPS", { 2, 2, 2 }, { 5, -4, 12 } }, { "RPI", { 4, 4, 4 }, { 0 } },
    { "LAS", { 2, 2, 8 }, { 0 } },
  };

  for (guint g = 0; g < G_N_ELEMENTS (grids); g++)
    {
      SagPhantomOptions options = { .seed = g, .orientation = grids[g].orientation };
      g_autoptr (SagPhantom) phantom = NULL;
      g_autoptr (SagLungs) lungs = NULL;
      g_autoptr (SagVolume) mask = NULL;
      double range[2], spacing[3];

      memcpy (options.spacing_mm, grids[g].spacing_mm, sizeof options.spacing_mm);
      memcpy (options.rotation_degrees, grids[g].rotation, sizeof options.rotation_degrees);
      phantom = sag_phantom_new (&options);
      lungs = segment (phantom->image);
      mask = refine (lungs, phantom->image);
      for (gint16 side = SAG_LUNG_LEFT; side <= SAG_LUNG_RIGHT; side++)
        {
          double d = dice (mask, phantom->labels, side_of_label, side);

          g_test_message ("grid %u side %d: Dice %.4f", g, side, d);
          g_assert_cmpfloat (d, >, 0.985);
        }
      g_assert_false (lungs->range_is_wider);
      true_range (phantom, range);
      sag_geometry_spacing_mm (sag_volume_get_geometry (phantom->image), spacing);
      for (guint end = 0; end < 2; end++)
        {
          double off = (lungs->thorax_range_mm[end] - range[end]) * (end ? 1 : -1);

          g_assert_cmpfloat (off, >, -0.01);
          g_assert_cmpfloat (off, <, 2 * MAX (MAX (spacing[0], spacing[1]), spacing[2]));
        }
    }
}

/* No voxel of lung or finding may lie outside the range, though the lungs hold no air there. */
static void
test_findings (void)
{
  static const guint findings[] = {
    SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_EFFUSION_RIGHT,
    SAG_FINDING_EFFUSION_LEFT,
    SAG_FINDING_EFFUSION_RIGHT,
    SAG_FINDING_CONSOLIDATION_LEFT | SAG_FINDING_CONSOLIDATION_RIGHT,
    SAG_FINDING_CONSOLIDATION_LEFT,
    SAG_FINDING_CONSOLIDATION_RIGHT,
    SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_CONSOLIDATION_RIGHT,
    SAG_FINDING_NO_LEFT_LUNG,
    SAG_FINDING_NO_RIGHT_LUNG,
    SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_EFFUSION_RIGHT,
    SAG_FINDING_PNEUMOTHORAX | SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_EFFUSION_RIGHT,
    0x0f,
  };

  for (guint f = 0; f < G_N_ELEMENTS (findings); f++)
    for (guint64 seed = 0; seed < 4; seed++)
      {
        g_autoptr (SagPhantom) phantom =
          sag_test_phantom (seed, findings[f], seed % 2 ? 2.5 : 3, seed % 3 ? "LPS" : "RSA");
        g_autoptr (SagLungs) lungs = segment (phantom->image);
        double range[2];

        true_range (phantom, range);
        g_test_message ("findings %02x seed %u: true %.1f .. %.1f mm", findings[f], (guint) seed,
                        range[0], range[1]);
        g_assert_cmpfloat (lungs->thorax_range_mm[0], <=, range[0] + 0.01);
        g_assert_cmpfloat (lungs->thorax_range_mm[1], >=, range[1] - 0.01);
        g_assert_cmpfloat (lungs->thorax_range_mm[0], >,
                           range[0] - 40); /* and no more than a rib further */
        g_assert_cmpfloat (lungs->thorax_range_mm[1], <, range[1] + 10);
        g_assert_true (lungs->range_is_wider);
      }
}

/* Air between lung and chest wall is air in the chest: the range does not miss it. */
static void
test_pneumothorax (void)
{
  for (guint64 seed = 0; seed < 4; seed++)
    {
      g_autoptr (SagPhantom) phantom = sag_test_phantom (seed, SAG_FINDING_PNEUMOTHORAX, 2, "LPS");
      g_autoptr (SagLungs) lungs = segment (phantom->image);
      double range[2];

      true_range (phantom, range);
      g_assert_cmpfloat (lungs->thorax_range_mm[0], <=, range[0] + 0.01);
      g_assert_cmpfloat (lungs->thorax_range_mm[1], >=, range[1] - 0.01);
    }
}

static void
test_one_lung (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (2, SAG_FINDING_NO_LEFT_LUNG, 2, "LPS");
  g_autoptr (SagLungs) lungs = segment (phantom->image);

  g_assert_cmpfloat (lungs->left_ml, ==, 0);
  g_assert_cmpfloat (lungs->right_ml, >, 2000);
}

static void
test_white_out (void)
{
  g_autoptr (SagPhantom) phantom =
    sag_test_phantom (2, SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_NO_RIGHT_LUNG, 3, NULL);
  g_autoptr (SagLungs) lungs = segment (phantom->image);
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);

  g_assert_null (lungs->mask);
  g_assert_true (lungs->range_is_wider);
  g_assert_cmpfloat (lungs->thorax_range_mm[0], ==, 0);
  g_assert_cmpfloat (lungs->thorax_range_mm[1], ==, (geometry->dims[2] - 1) * 3);
  g_assert_null (sag_lungs_refine (lungs, phantom->image, NULL, NULL));
}

/* Noise as of a thin low-dose slice moves the surface, not the lungs. */
static void
test_noise (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (3, 0, 1.7, "LPS");
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);
  gsize              n = sag_geometry_n_voxels (geometry);
  gint16            *voxels = g_memdup2 (sag_volume_get_int16 (phantom->image), n * sizeof *voxels);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (SagVolume) noisy = NULL;
  g_autoptr (SagLungs) lungs = NULL;
  g_autoptr (SagLungs) clean = segment (phantom->image);
  double range[2];

  for (gsize v = 0; v < n; v++)
    {
      guint32 r = g_rand_int (rand);

      /* four even ones of 8 bits: standard deviation 60 HU */
      voxels[v] += ((gint) (r & 255) + (gint) (r >> 8 & 255) + (gint) (r >> 16 & 255) +
                    (gint) (r >> 24) - 510) *
                   60 / 148;
    }
  noisy = sag_volume_new_int16 (geometry, voxels);
  lungs = segment (noisy);
  true_range (phantom, range);
  g_assert_false (lungs->range_is_wider);
  g_assert_cmpfloat_with_epsilon (lungs->left_ml / clean->left_ml, 1, 0.01);
  g_assert_cmpfloat_with_epsilon (lungs->right_ml / clean->right_ml, 1, 0.01);
  g_assert_cmpfloat (lungs->thorax_range_mm[0], <=, range[0] + 0.01);
  g_assert_cmpfloat (lungs->thorax_range_mm[1], >=, range[1] - 0.01);
}

/* Float voxels give what int16 voxels give; NaN is air. */
static void
test_float (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (1, 0, 3, "LPS");
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);
  const gint16      *voxels = sag_volume_get_int16 (phantom->image);
  float             *floats = g_new (float, sag_geometry_n_voxels (geometry));
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagLungs) a = segment (phantom->image);
  g_autoptr (SagLungs) b = NULL;
  g_autoptr (SagVolume) mask_a = refine (a, phantom->image);
  g_autoptr (SagVolume) mask_b = NULL;

  for (gint64 v = 0; v < sag_geometry_n_voxels (geometry); v++)
    floats[v] = voxels[v] < -1010 ? NAN : voxels[v];
  volume = sag_volume_new_float (geometry, floats);
  b = segment (volume);
  mask_b = refine (b, volume);
  g_assert_cmpfloat (dice (mask_a, mask_b, side_itself, SAG_LUNG_LEFT), >, 0.999);
  g_assert_cmpfloat (dice (mask_a, mask_b, side_itself, SAG_LUNG_RIGHT), >, 0.999);
  g_assert_cmpfloat (a->thorax_range_mm[0], ==, b->thorax_range_mm[0]);
}

/* Nothing to find, and nothing to fall over. */
static void
test_nothing (void)
{
  static const gint16 values[] = { -1000, 0, -700, G_MAXINT16, G_MININT16 };

  for (guint v = 0; v < G_N_ELEMENTS (values); v++)
    for (gint32 n = 1; n <= 41; n += 20)
      {
        g_autoptr (SagVolume) volume = sag_test_constant (n, values[v]);
        g_autoptr (SagLungs) lungs = segment (volume);

        g_assert_null (lungs->mask);
        g_assert_cmpfloat (lungs->thorax_range_mm[0], >=, 0);
        g_assert_cmpfloat (lungs->thorax_range_mm[1], <=, (n - 1) * 2);
      }
}

static void
test_head (void)
{
  g_autoptr (SagVolume) head = sag_test_head ();
  g_autoptr (SagLungs) lungs = segment (head);

  g_assert_null (lungs->mask);
}

static void
test_cancel (void)
{
  g_autoptr (SagPhantom) phantom = sag_test_phantom (1, 0, 5, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SagLungs) lungs = segment (phantom->image);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_lungs_segment (phantom->image, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (sag_lungs_refine (lungs, phantom->image, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A real chest with the masks that the Chest Imaging Platform ships. */
static void
test_cip (void)
{
  g_autoptr (SagVolume) scan = sag_test_load_shared ("data/ct/cip_ct-64_chest.nii.gz");
  g_autoptr (SagVolume) truth =
    scan ? sag_test_load_shared ("data/ct/cip_ct-64_lungs-LR.nii.gz") : NULL;
  g_autoptr (SagLungs) lungs = NULL;
  g_autoptr (SagVolume) mask = NULL;

  if (truth == NULL)
    return;
  lungs = segment (scan);
  mask = refine (lungs, scan);
  for (gint16 side = SAG_LUNG_LEFT; side <= SAG_LUNG_RIGHT; side++)
    {
      double d = dice (mask, truth, side_itself, side);

      g_test_message ("side %d: Dice %.4f", side, d);
      g_assert_cmpfloat (d, >, 0.98);
    }
  g_assert_false (lungs->range_is_wider);
}

/* A real chest whose right upper lobe has collapsed. */
static void
test_lidc (void)
{
  g_autoptr (SagVolume) scan = sag_test_load_shared ("data/ct/lidc-idri-0314_chest_2mm.nii.gz");
  g_autoptr (SagLungs) lungs = NULL;
  g_autoptr (SagVolume) mask = NULL;
  gint64 n[3] = { 0 };
  double spacing[3], voxel_ml;

  if (scan == NULL)
    return;
  lungs = segment (scan);
  mask = refine (lungs, scan);
  for (gint64 v = 0; v < sag_geometry_n_voxels (sag_volume_get_geometry (scan)); v++)
    n[sag_volume_get_int16 (mask)[v]]++;
  sag_geometry_spacing_mm (sag_volume_get_geometry (scan), spacing);
  voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000;
  g_assert_cmpfloat_with_epsilon ((n[SAG_LUNG_LEFT] + n[SAG_LUNG_RIGHT]) * voxel_ml, 2740,
                                  0.05 * 2740);
  g_assert_cmpfloat_with_epsilon (lungs->left_ml + lungs->right_ml, 2740, 0.05 * 2740);
  g_assert_cmpfloat (lungs->left_ml, >, lungs->right_ml);
}

/* Parts of chests: volumes on both sides between what was seen when the masks were looked at. */
static void
test_parts (void)
{
  static const struct
  {
    const char *name;
    double      left_ml[2], right_ml[2];
  } scans[] = {
    { "oracle/ct/pulmonary_ct_cropped.nii.gz", { 950, 1050 }, { 780, 890 } },
    { "oracle/ct/aorta_ct_cropped.nii.gz", { 1430, 1560 }, { 1210, 1340 } },
    { "data/ct/lidc-idri-0001_partial-chest_2.5mm.nii.gz", { 420, 470 }, { 460, 510 } },
    { "oracle/ct/example_ct.nii.gz", { 30, 60 }, { 60, 85 } }, /* an abdomen: the bases only */
    { "oracle/ct/example_ct_sm.nii.gz", { 30, 60 }, { 60, 85 } },
  };

  for (guint s = 0; s < G_N_ELEMENTS (scans); s++)
    {
      g_autoptr (SagVolume) scan = sag_test_load_shared (scans[s].name);
      g_autoptr (SagLungs) lungs = NULL;

      if (scan == NULL)
        return;
      lungs = segment (scan);
      g_assert_cmpfloat (lungs->left_ml, >, scans[s].left_ml[0]);
      g_assert_cmpfloat (lungs->left_ml, <, scans[s].left_ml[1]);
      g_assert_cmpfloat (lungs->right_ml, >, scans[s].right_ml[0]);
      g_assert_cmpfloat (lungs->right_ml, <, scans[s].right_ml[1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prepare/lungs/healthy", test_healthy);
  g_test_add_func ("/prepare/lungs/findings", test_findings);
  g_test_add_func ("/prepare/lungs/pneumothorax", test_pneumothorax);
  g_test_add_func ("/prepare/lungs/one-lung", test_one_lung);
  g_test_add_func ("/prepare/lungs/white-out", test_white_out);
  g_test_add_func ("/prepare/lungs/noise", test_noise);
  g_test_add_func ("/prepare/lungs/float", test_float);
  g_test_add_func ("/prepare/lungs/nothing", test_nothing);
  g_test_add_func ("/prepare/lungs/head", test_head);
  g_test_add_func ("/prepare/lungs/cancel", test_cancel);
  g_test_add_func ("/prepare/lungs/real/cip", test_cip);
  g_test_add_func ("/prepare/lungs/real/lidc", test_lidc);
  g_test_add_func ("/prepare/lungs/real/parts", test_parts);
  return g_test_run ();
}
