/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"

#include "tests/model/phantom/measure.h"

static SagPhantom *
make (guint64 seed, guint findings, double spacing_mm, const char *orientation)
{
  SagPhantomOptions options = { .seed = seed, .findings = findings, .orientation = orientation };
  SagPhantom       *phantom;

  for (guint a = 0; a < 3; a++)
    options.spacing_mm[a] = spacing_mm;
  phantom = sag_phantom_new (&options);
  g_assert_nonnull (phantom);
  return phantom;
}

static Measure
measure_label (const SagPhantom *phantom, SagPhantomLabel label)
{
  return measure (phantom->image, phantom->labels, (gint16) label, (gint16) label);
}

static void
test_anatomy (void)
{
  static const struct
  {
    SagPhantomLabel label;
    double          low_ml, high_ml, low_hu, high_hu;
    int             side; /* of the centroid: 1 the patient's right, -1 left, 0 in the middle */
  } organs[] = {
    { SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT, 900, 1900, -880, -790, -1 },
    { SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT, 900, 1900, -880, -790, -1 },
    { SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT, 700, 1500, -880, -790, 1 },
    { SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT, 300, 700, -880, -790, 1 },
    { SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT, 900, 1900, -880, -790, 1 },
    { SAG_PHANTOM_TRACHEA, 30, 80, -1010, -990, 0 },
    { SAG_PHANTOM_HEART, 400, 1000, 35, 50, -1 },
    { SAG_PHANTOM_LIVER, 900, 1800, 45, 70, 1 },
    { SAG_PHANTOM_SPINE, 400, 700, 250, 400, 0 },
    { SAG_PHANTOM_RIBS, 300, 500, 400, 700, 0 },
    { SAG_PHANTOM_AORTA, 100, 250, 35, 50, -1 },
  };

  for (guint64 seed = 0; seed < 4; seed++)
    {
      g_autoptr (SagPhantom) phantom = make (seed, 0, 3, NULL);
      Measure body = measure_label (phantom, SAG_PHANTOM_BODY);
      Measure left = measure_label (phantom, SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT);
      Measure right = measure_label (phantom, SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT);

      assert_between (body.high[0] - body.low[0], 340, 400);
      assert_between (body.high[1] - body.low[1], 230, 280);
      assert_between (right.high[0] - left.low[0], 275, 330);
      assert_between (measure_label (phantom, SAG_PHANTOM_BACKGROUND).mean_hu, -1000, -900);
      for (guint o = 0; o < G_N_ELEMENTS (organs); o++)
        {
          Measure m = measure_label (phantom, organs[o].label);

          g_test_message ("seed %u label %d: %.0f ml, %.0f HU, x %.0f mm", (guint) seed,
                          organs[o].label, m.ml, m.mean_hu, m.centroid[0]);
          assert_between (m.ml, organs[o].low_ml, organs[o].high_ml);
          assert_between (m.mean_hu, organs[o].low_hu, organs[o].high_hu);
          if (organs[o].side == 0)
            assert_between (m.centroid[0], -5, 5);
          else
            g_assert_cmpfloat (m.centroid[0] * organs[o].side, >, 10);
        }
    }
}

/* Grids that differ only in the order of their axes hold the same voxels, noise included. */
static void
test_orientation (void)
{
  static const char *const orientations[] = { "LPS", "IAR", "PSR", "SLA" };
  static const double      spacing_ras[3] = { 3, 4, 5 };
  SagPhantomOptions        options = { .seed = 5,
                                       .spacing_mm = { 3, 4, 5 },
                                       .rotation_degrees = { 3, -5, 8 } };
  g_autoptr (SagPhantom) ras = sag_phantom_new (&options);

  for (guint o = 0; o < G_N_ELEMENTS (orientations); o++)
    {
      g_autoptr (SagPhantom) other = NULL;
      char letters[4];

      options.orientation = orientations[o];
      for (guint s = 0; s < 3; s++)
        options.spacing_mm[s] = spacing_ras[(strchr ("RLAPSI", orientations[o][s]) - "RLAPSI") / 2];
      other = sag_phantom_new (&options);
      sag_geometry_letters (sag_volume_get_geometry (other->image), letters);
      g_assert_cmpstr (letters, ==, orientations[o]);
      assert_same_patient (ras->image, other->image);
      assert_same_patient (ras->labels, other->labels);
    }
}

/* Any grid shows the same patient. */
static void
test_rotation (void)
{
  SagPhantomOptions options = { .seed = 2,
                                .spacing_mm = { 3, 3, 3 },
                                .rotation_degrees = { 10, -12, 20 } };
  g_autoptr (SagPhantom) straight = make (2, 0, 3, NULL);
  g_autoptr (SagPhantom) oblique = sag_phantom_new (&options);
  const SagGeometry *geometry = sag_volume_get_geometry (oblique->labels);
  const SagGeometry *reference = sag_volume_get_geometry (straight->labels);
  gint64             n_same = 0, n = 0;
  double             back[3][4];

  g_assert_cmpfloat (sag_geometry_obliquity_degrees (geometry), >, 10);
  g_assert_true (sag_geometry_invert (reference, back));
  for (gint32 k = 0; k < geometry->dims[2]; k++)
    for (gint32 j = 0; j < geometry->dims[1]; j++)
      for (gint32 i = 0; i < geometry->dims[0]; i++)
        {
          double   at[3] = { i, j, k };
          gint32   to[3];
          gboolean inside = TRUE;

          sag_geometry_to_ras (geometry, at, at);
          sag_geometry_apply (back, at, at);
          for (guint a = 0; a < 3; a++)
            {
              to[a] = (gint32) lrint (at[a]);
              inside &= to[a] >= 0 && to[a] < reference->dims[a];
            }
          if (!inside)
            continue;
          n++;
          n_same += sag_volume_value (straight->labels, to[0], to[1], to[2]) ==
                    sag_volume_value (oblique->labels, i, j, k);
        }
  assert_between (n_same / (double) n, 0.96, 1); /* nearest neighbours differ at surfaces only */
  assert_between (measure_label (oblique, SAG_PHANTOM_HEART).ml /
                    measure_label (straight, SAG_PHANTOM_HEART).ml,
                  0.99, 1.01);
}

/* The voxels of a seed never change: by their hash, which machines and releases must agree on. */
static void
test_golden (void)
{
  SagPhantomOptions options = {
    .seed = 11, .findings = 0x3f, .spacing_mm = { 6, 5, 4 }, .orientation = "LPS", .enhanced = TRUE
  };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (SagPhantom) other = NULL;

  g_assert_cmpstr (sag_volume_get_hash (phantom->image), ==, "e0104985d682f23236eefa71ff3830a4");
  g_assert_cmpstr (sag_volume_get_hash (phantom->labels), ==, "2d7a75433ea512561c68251a49f0003f");
  options.seed = 12;
  other = sag_phantom_new (&options);
  g_assert_cmpstr (sag_volume_get_hash (phantom->image), !=, sag_volume_get_hash (other->image));
}

static void
test_healthy (void)
{
  g_autoptr (SagPhantom) phantom = make (0, 0, 4, NULL);
  double low[3], high[3];

  for (guint label = SAG_PHANTOM_EFFUSION_LEFT; label <= SAG_PHANTOM_PNEUMOTHORAX; label++)
    g_assert_false (sag_phantom_get_box (phantom, label, low, high));
}

static void
test_findings (void)
{
  static const struct
  {
    SagPhantomFinding finding;
    SagPhantomLabel   label;
    double            low_ml, high_ml, low_hu, high_hu;
  } cases[] = {
    { SAG_FINDING_EFFUSION_LEFT, SAG_PHANTOM_EFFUSION_LEFT, 1200, 2200, 0, 20 },
    { SAG_FINDING_EFFUSION_RIGHT, SAG_PHANTOM_EFFUSION_RIGHT, 1200, 2300, 0, 20 },
    { SAG_FINDING_CONSOLIDATION_LEFT, SAG_PHANTOM_CONSOLIDATION_LEFT, 900, 1900, 15, 45 },
    { SAG_FINDING_CONSOLIDATION_RIGHT, SAG_PHANTOM_CONSOLIDATION_RIGHT, 900, 1900, 15, 45 },
    { SAG_FINDING_NODULE, SAG_PHANTOM_NODULE, 0.2, 4.7, 15, 45 },
    { SAG_FINDING_PNEUMOTHORAX, SAG_PHANTOM_PNEUMOTHORAX, 250, 1000, -1005, -995 },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    for (guint64 seed = 0; seed < 3; seed++)
      {
        g_autoptr (SagPhantom) phantom = make (seed, cases[c].finding, 2.5, NULL);
        Measure m = measure_label (phantom, cases[c].label);

        g_test_message ("seed %u label %d: %.1f ml, %.0f HU", (guint) seed, cases[c].label, m.ml,
                        m.mean_hu);
        assert_between (m.ml, cases[c].low_ml, cases[c].high_ml);
        assert_between (m.mean_hu, cases[c].low_hu, cases[c].high_hu);
      }
}

/* Fluid lies at the back, and no air is left at the base. */
static void
test_effusion_hides_base (void)
{
  g_autoptr (SagPhantom) phantom = make (1, SAG_FINDING_EFFUSION_LEFT, 2, NULL);
  Measure fluid = measure_label (phantom, SAG_PHANTOM_EFFUSION_LEFT);
  Measure upper = measure_label (phantom, SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT);

  g_assert_cmpfloat (fluid.centroid[0], <, 0);
  g_assert_cmpfloat (fluid.centroid[1], <, upper.centroid[1]);
  g_assert_cmpfloat (fluid.low[2] + 50, <, upper.low[2]);
}

/* A nodule is a whole ball, whatever else is wrong: as long in every direction, up to a voxel. */
static void
test_nodule (void)
{
  static const guint findings[] = { 0, 0x2f, SAG_FINDING_NO_LEFT_LUNG, SAG_FINDING_NO_RIGHT_LUNG };

  for (guint f = 0; f < G_N_ELEMENTS (findings); f++)
    for (guint64 seed = 0; seed < 4; seed++)
      {
        g_autoptr (SagPhantom) phantom = make (seed, findings[f] | SAG_FINDING_NODULE, 2, NULL);
        Measure m = measure_label (phantom, SAG_PHANTOM_NODULE);
        double  shortest = INFINITY, longest = 0, box_ml = 1;

        for (guint a = 0; a < 3; a++)
          {
            shortest = MIN (shortest, m.high[a] - m.low[a] + 2);
            longest = MAX (longest, m.high[a] - m.low[a] + 2);
            box_ml *= (m.high[a] - m.low[a] + 2) / 10;
          }
        assert_between (longest, 8, 24);
        assert_between (longest - shortest, 0, 2.01);
        assert_between (m.ml / box_ml, 0.7 * G_PI / 6, 1.4 * G_PI / 6); /* a ball in its box */
      }
}

static void
test_removed_lung (void)
{
  g_autoptr (SagPhantom) phantom = make (3, SAG_FINDING_NO_LEFT_LUNG, 3, NULL);
  double low[3], high[3];

  g_assert_false (sag_phantom_get_box (phantom, SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT, low, high));
  g_assert_false (sag_phantom_get_box (phantom, SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT, low, high));
  g_assert_true (sag_phantom_get_box (phantom, SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT, low, high));
}

/* Boxes are of outer faces: half a voxel beyond the centres, also where the grid is turned. */
static void
test_box (void)
{
  SagPhantomOptions options = {
    .seed = 4, .spacing_mm = { 3, 3, 6 }, .rotation_degrees = { 0, 0, 30 }, .orientation = "LIP"
  };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  Measure      m = measure_label (phantom, SAG_PHANTOM_HEART);
  double       low[3], high[3];
  const double reach[3] = { 1.5 * cos (G_PI / 6) + 3 * sin (G_PI / 6),
                            1.5 * sin (G_PI / 6) + 3 * cos (G_PI / 6), 1.5 };

  g_assert_true (sag_phantom_get_box (phantom, SAG_PHANTOM_HEART, low, high));
  for (guint a = 0; a < 3; a++)
    {
      g_assert_cmpfloat_with_epsilon (low[a], m.low[a] - reach[a], 1e-6);
      g_assert_cmpfloat_with_epsilon (high[a], m.high[a] + reach[a], 1e-6);
    }
}

static void
test_enhanced (void)
{
  SagPhantomOptions options = { .seed = 1, .spacing_mm = { 4, 4, 4 }, .enhanced = TRUE };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);

  assert_between (measure_label (phantom, SAG_PHANTOM_HEART).mean_hu, 180, 200);
}

static void
test_bad_options (void)
{
  SagPhantomOptions options = { .orientation = "RRS" };

  g_assert_null (sag_phantom_new (&options));
  options.orientation = "RA";
  g_assert_null (sag_phantom_new (&options));
  options.orientation = "xyz";
  g_assert_null (sag_phantom_new (&options));
  options.orientation = NULL;
  options.spacing_mm[1] = -1;
  g_assert_null (sag_phantom_new (&options));
  options.spacing_mm[1] = NAN;
  g_assert_null (sag_phantom_new (&options));
  options.spacing_mm[1] = 1e-9;
  g_assert_null (sag_phantom_new (&options));
  options.spacing_mm[1] = 2;
  options.rotation_degrees[2] = INFINITY;
  g_assert_null (sag_phantom_new (&options));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/anatomy", test_anatomy);
  g_test_add_func ("/phantom/orientation", test_orientation);
  g_test_add_func ("/phantom/rotation", test_rotation);
  g_test_add_func ("/phantom/golden", test_golden);
  g_test_add_func ("/phantom/findings/none", test_healthy);
  g_test_add_func ("/phantom/findings/each", test_findings);
  g_test_add_func ("/phantom/findings/effusion-hides-base", test_effusion_hides_base);
  g_test_add_func ("/phantom/findings/nodule", test_nodule);
  g_test_add_func ("/phantom/findings/removed-lung", test_removed_lung);
  g_test_add_func ("/phantom/box", test_box);
  g_test_add_func ("/phantom/enhanced", test_enhanced);
  g_test_add_func ("/phantom/bad-options", test_bad_options);
  return g_test_run ();
}
