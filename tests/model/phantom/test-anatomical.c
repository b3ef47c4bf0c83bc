/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"

#include "model/phantom/finding.h"
#include "tests/model/phantom/measure.h"

static SagPhantom *
make (guint64 seed, guint findings, double spacing_mm)
{
  const SagPhantomOptions options = { .seed = seed,
                                      .findings = findings,
                                      .anatomical = TRUE,
                                      .spacing_mm = { spacing_mm, spacing_mm, spacing_mm } };
  SagPhantom             *phantom = sag_phantom_new (&options);

  g_assert_nonnull (phantom);
  return phantom;
}

static Measure
measure_organ (const SagPhantom *phantom, guint8 label)
{
  return measure (phantom->image, phantom->organs, label, label);
}

static Measure
measure_finding (const SagPhantom *phantom, guint8 label)
{
  return measure (phantom->image, phantom->labels, label, label);
}

/* Without contrast medium. */
static void
test_organs (void)
{
  static const struct
  {
    guint8 first, last;
    double low_ml, high_ml, low_hu, high_hu;
    int    side; /* of the centroid: 1 the patient's right, -1 left, 0 in the middle */
  } organs[] = {
    { SAG_PHANTOM_SPLEEN, SAG_PHANTOM_SPLEEN, 60, 260, 25, 60, -1 },
    { SAG_PHANTOM_LIVER, SAG_PHANTOM_LIVER, 900, 2300, 40, 75, 1 },
    { SAG_PHANTOM_STOMACH, SAG_PHANTOM_STOMACH, 80, 600, -600, 0, -1 },
    { SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT, SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT, 1400, 3400, -890, -720,
      -1 },
    { SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT, SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT, 1600, 3800, -890, -720,
      1 },
    { SAG_PHANTOM_OESOPHAGUS, SAG_PHANTOM_OESOPHAGUS, 25, 100, -20, 60, 0 },
    { SAG_PHANTOM_TRACHEA, SAG_PHANTOM_TRACHEA, 25, 80, -1024, -750, 0 },
    { SAG_PHANTOM_HEART, SAG_PHANTOM_HEART, 250, 750, 25, 60, -1 },
    { SAG_PHANTOM_AORTA, SAG_PHANTOM_AORTA, 100, 260, 20, 60, -1 },
    { SAG_PHANTOM_SUPERIOR_VENA_CAVA, SAG_PHANTOM_SUPERIOR_VENA_CAVA, 8, 40, -30, 60, 1 },
    { SAG_PHANTOM_VERTEBRA_T12, SAG_PHANTOM_VERTEBRA_T1, 180, 450, 120, 380, 0 },
    { SAG_PHANTOM_RIB_LEFT_1, SAG_PHANTOM_RIB_LEFT_1 + 11, 110, 280, 180, 480, -1 },
    { SAG_PHANTOM_RIB_RIGHT_1, SAG_PHANTOM_RIB_RIGHT_1 + 11, 110, 280, 180, 480, 1 },
    { SAG_PHANTOM_STERNUM, SAG_PHANTOM_STERNUM, 30, 90, 90, 380, 0 },
    { SAG_PHANTOM_COSTAL_CARTILAGE, SAG_PHANTOM_COSTAL_CARTILAGE, 60, 200, 40, 150, 0 },
  };

  for (guint64 seed = 0; seed < 6; seed++)
    {
      g_autoptr (SagPhantom) phantom = make (seed, 0, 4);

      for (guint o = 0; o < G_N_ELEMENTS (organs); o++)
        {
          Measure m = measure (phantom->image, phantom->organs, organs[o].first, organs[o].last);

          g_test_message ("seed %u label %d: %.0f ml, %.0f HU, x %.0f mm", (guint) seed,
                          organs[o].first, m.ml, m.mean_hu, m.centroid[0]);
          assert_between (m.ml, organs[o].low_ml, organs[o].high_ml);
          assert_between (m.mean_hu, organs[o].low_hu, organs[o].high_hu);
          if (organs[o].side == 0)
            assert_between (m.centroid[0], -18, 18); /* the patient lies askew */
          else
            g_assert_cmpfloat (m.centroid[0] * organs[o].side, >, 5);
        }
      for (guint8 label = SAG_PHANTOM_VERTEBRA_T12; label < SAG_PHANTOM_VERTEBRA_T1; label++)
        g_assert_cmpfloat (measure_organ (phantom, label).centroid[2], <,
                           measure_organ (phantom, label + 1).centroid[2]);
      for (guint8 rib = SAG_PHANTOM_RIB_LEFT_1; rib < SAG_PHANTOM_STERNUM; rib++)
        g_assert_cmpfloat (measure_organ (phantom, rib).ml, >, 2);
    }
}

static void
test_healthy (void)
{
  g_autoptr (SagPhantom) phantom = make (3, 0, 4);

  for (guint label = SAG_PHANTOM_BODY + 1; label < 256; label++)
    g_assert_cmpfloat (measure_finding (phantom, (guint8) label).ml, ==, 0);
}

/* Each finding is there, alone, on its side, and looks as it should; several patients. */
static void
test_findings (void)
{
  static const struct
  {
    guint  finding;
    double low_ml, high_ml, low_hu, high_hu;
    int    side;
  } cases[] = {
    { SAG_FINDING_EFFUSION_LEFT, 50, 2000, -40, 25, -1 },
    { SAG_FINDING_EFFUSION_RIGHT, 50, 2000, -40, 25, 1 },
    { SAG_FINDING_CONSOLIDATION_LEFT, 60, 900, -80, 60, -1 },
    { SAG_FINDING_CONSOLIDATION_RIGHT, 60, 900, -80, 60, 1 },
    { SAG_FINDING_NODULE, 0.4, 32, -420, 60, 0 },
    { SAG_FINDING_PNEUMOTHORAX, 80, 2000, -1015, -840, 1 },
    { SAG_FINDING_PNEUMOTHORAX_LEFT, 80, 2000, -1015, -840, -1 },
    { SAG_FINDING_GROUND_GLASS_LEFT, 30, 1100, -680, -380, -1 },
    { SAG_FINDING_GROUND_GLASS_RIGHT, 30, 1100, -680, -380, 1 },
    { SAG_FINDING_EMPHYSEMA_LEFT, 60, 900, -1000, -890, -1 },
    { SAG_FINDING_EMPHYSEMA_RIGHT, 60, 900, -1000, -890, 1 },
    { SAG_FINDING_ATELECTASIS_LEFT, 20, 400, -160, 70, -1 },
    { SAG_FINDING_ATELECTASIS_RIGHT, 20, 400, -160, 70, 1 },
    { SAG_FINDING_PERICARDIAL_EFFUSION, 100, 1200, -40, 25, 0 },
    { SAG_FINDING_CORONARY_CALCIFICATION, 0.4, 8, 200, 1100, 0 },
    { SAG_FINDING_AORTIC_CALCIFICATION, 0.8, 10, 200, 1100, 0 },
    { SAG_FINDING_HIATAL_HERNIA, 10, 160, -700, 40, 0 },
    { SAG_FINDING_LYMPH_NODES, 5, 120, -60, 60, 0 },
    { SAG_FINDING_PACEMAKER, 5, 40, 1500, 3071, 0 },
    { SAG_FINDING_TUBE, 3, 40, -900, 1200, 0 },
    { SAG_FINDING_VALVE, 0.2, 6, 800, 3071, 0 },
    { SAG_FINDING_STERNOTOMY, 1, 12, 700, 3071, 0 },
    { SAG_FINDING_SCATTERED_NODULES, 1.5, 40, -500, 60, 0 },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    for (guint64 seed = 20; seed < 23; seed++)
      {
        g_autoptr (SagPhantom) phantom = make (seed, cases[c].finding, 4);
        guint8  label = sag_finding_get_label (cases[c].finding);
        Measure m = measure_finding (phantom, label);

        g_test_message ("seed %u %s: %.1f ml, %.0f HU, x %.0f mm", (guint) seed,
                        sag_finding_get_name (cases[c].finding), m.ml, m.mean_hu, m.centroid[0]);
        assert_between (m.ml, cases[c].low_ml, cases[c].high_ml);
        assert_between (m.mean_hu, cases[c].low_hu, cases[c].high_hu);
        if (cases[c].side != 0)
          {
            g_assert_cmpfloat (m.low[0] * cases[c].side, >, -12);
            g_assert_cmpfloat (m.high[0] * cases[c].side, >, -12);
            g_assert_cmpfloat (m.centroid[0] * cases[c].side, >, 30);
          }
        for (guint other = SAG_PHANTOM_BODY + 1; other < 256; other++)
          if (other != label)
            g_assert_cmpfloat (measure_finding (phantom, (guint8) other).ml, ==, 0);
      }
}

/* What is found in a lobe is still lobe; what surrounds it takes from it. */
static void
test_organs_keep_findings (void)
{
  g_autoptr (SagPhantom) healthy = make (31, 0, 4);
  g_autoptr (SagPhantom) ill =
    make (31,
          SAG_FINDING_CONSOLIDATION_LEFT | SAG_FINDING_GROUND_GLASS_LEFT |
            SAG_FINDING_EMPHYSEMA_RIGHT | SAG_FINDING_NODULE | SAG_FINDING_EFFUSION_RIGHT,
          4);
  Measure before, after;

  for (guint8 lobe = SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT; lobe <= SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT;
       lobe++)
    g_assert_cmpfloat (measure_organ (healthy, lobe).ml, ==, measure_organ (ill, lobe).ml);
  before = measure (healthy->image, healthy->organs, SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT,
                    SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT);
  after = measure (ill->image, ill->organs, SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT,
                   SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT);
  g_assert_cmpfloat_with_epsilon (before.ml - after.ml,
                                  measure_finding (ill, SAG_PHANTOM_EFFUSION_RIGHT).ml, 0.01);
}

/* Between the widest ordinary heart and the narrowest large one lies a gap. */
static void
test_cardiomegaly (void)
{
  double widest[2] = { 0, 0 }, narrowest[2] = { 1, 1 };

  for (guint large = 0; large < 2; large++)
    for (guint64 seed = 40; seed < 48; seed++)
      {
        g_autoptr (SagPhantom) phantom = make (seed, large ? SAG_FINDING_CARDIOMEGALY : 0, 4);
        Measure heart = measure_organ (phantom, SAG_PHANTOM_HEART);
        Measure lungs = measure (phantom->image, phantom->organs, SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT,
                                 SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT);
        double  ratio = (heart.high[0] - heart.low[0]) / (lungs.high[0] - lungs.low[0]);

        g_test_message ("seed %u: %.2f", (guint) seed, ratio);
        widest[large] = MAX (widest[large], ratio);
        narrowest[large] = MIN (narrowest[large], ratio);
      }
  g_assert_cmpfloat (widest[0], <, 0.48);
  g_assert_cmpfloat (narrowest[1], >, 0.49);
  g_assert_cmpfloat (narrowest[1], >, widest[0] + 0.03);
}

static void
test_removed_lung (void)
{
  g_autoptr (SagPhantom) phantom = make (50, SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_NODULE, 4);

  for (guint8 lobe = SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT; lobe <= SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT;
       lobe++)
    g_assert_cmpfloat (measure_organ (phantom, lobe).ml, ==, 0);
  g_assert_cmpfloat (measure_organ (phantom, SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT).ml, >, 300);
  g_assert_cmpfloat (measure_finding (phantom, SAG_PHANTOM_NODULE).low[0], >, -12);
}

/* Grids that differ only in the order of their axes hold the same voxels, noise included. */
static void
test_orientation (void)
{
  static const char *const orientations[] = { "LPS", "IAR", "PSR", "SLA" };
  static const double      spacing_ras[3] = { 4, 5, 6 };
  SagPhantomOptions        options = { .seed = 5,
                                       .findings = (1u << SAG_N_FINDINGS) - 1,
                                       .anatomical = TRUE,
                                       .spacing_mm = { 4, 5, 6 },
                                       .rotation_degrees = { 3, -5, 8 } };
  g_autoptr (SagPhantom) ras = NULL;

  options.findings &= ~(guint) (SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_NO_RIGHT_LUNG);
  ras = sag_phantom_new (&options);
  for (guint o = 0; o < G_N_ELEMENTS (orientations); o++)
    {
      g_autoptr (SagPhantom) other = NULL;

      options.orientation = orientations[o];
      for (guint s = 0; s < 3; s++)
        options.spacing_mm[s] = spacing_ras[(strchr ("RLAPSI", orientations[o][s]) - "RLAPSI") / 2];
      other = sag_phantom_new (&options);
      assert_same_patient (ras->image, other->image);
      assert_same_patient (ras->labels, other->labels);
      assert_same_patient (ras->organs, other->organs);
    }
}

static void
test_determinism (void)
{
  g_autoptr (SagPhantom) one = make (60, SAG_FINDING_EMPHYSEMA_LEFT | SAG_FINDING_TUBE, 5);
  g_autoptr (SagPhantom) two = make (60, SAG_FINDING_EMPHYSEMA_LEFT | SAG_FINDING_TUBE, 5);
  g_autoptr (SagPhantom) other = make (61, SAG_FINDING_EMPHYSEMA_LEFT | SAG_FINDING_TUBE, 5);

  g_assert_cmpstr (sag_volume_get_hash (one->image), ==, sag_volume_get_hash (two->image));
  g_assert_cmpstr (sag_volume_get_hash (one->organs), ==, sag_volume_get_hash (two->organs));
  g_assert_cmpstr (sag_volume_get_hash (one->image), !=, sag_volume_get_hash (other->image));
}

/* A finer grid shows the same patient. */
static void
test_spacing (void)
{
  g_autoptr (SagPhantom) coarse = make (62, SAG_FINDING_EFFUSION_LEFT, 5);
  g_autoptr (SagPhantom) fine = make (62, SAG_FINDING_EFFUSION_LEFT, 2.5);
  static const guint8 labels[] = { SAG_PHANTOM_HEART, SAG_PHANTOM_LIVER,
                                   SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT };

  for (guint l = 0; l < G_N_ELEMENTS (labels); l++)
    assert_between (measure_organ (coarse, labels[l]).ml / measure_organ (fine, labels[l]).ml, 0.96,
                    1.04);
  assert_between (measure_finding (coarse, SAG_PHANTOM_EFFUSION_LEFT).ml /
                    measure_finding (fine, SAG_PHANTOM_EFFUSION_LEFT).ml,
                  0.9, 1.1);
}

static SagPhantom *
make_chosen (SagPhantomSex sex, SagPhantomArms arms, SagPhantomKernel kernel, gboolean enhanced)
{
  const SagPhantomOptions options = { .seed = 70,
                                      .anatomical = TRUE,
                                      .spacing_mm = { 4, 4, 4 },
                                      .sex = sex,
                                      .arms = arms,
                                      .kernel = kernel,
                                      .enhanced = enhanced };

  return sag_phantom_new (&options);
}

static void
test_choices (void)
{
  g_autoptr (SagPhantom) soft = make_chosen (SAG_SEX_MALE, SAG_ARMS_UP, SAG_KERNEL_SOFT, FALSE);
  g_autoptr (SagPhantom) sharp = make_chosen (SAG_SEX_MALE, SAG_ARMS_DOWN, SAG_KERNEL_SHARP, TRUE);
  g_autoptr (SagPhantom) female = make_chosen (SAG_SEX_FEMALE, SAG_ARMS_UP, SAG_KERNEL_SOFT, FALSE);

  g_assert_cmpfloat (measure_organ (soft, SAG_PHANTOM_LIVER).grain_hu * 1.5, <,
                     measure_organ (sharp, SAG_PHANTOM_LIVER).grain_hu);
  g_assert_cmpfloat (measure_organ (soft, SAG_PHANTOM_AORTA).mean_hu + 80, <,
                     measure_organ (sharp, SAG_PHANTOM_AORTA).mean_hu);
  g_assert_cmpfloat (measure_organ (soft, SAG_PHANTOM_HUMERUS_LEFT).low[2], >,
                     measure_organ (sharp, SAG_PHANTOM_HUMERUS_LEFT).low[2] + 60);
  g_assert_cmpfloat (measure_organ (female, SAG_PHANTOM_BODY).high[1], >,
                     measure_organ (soft, SAG_PHANTOM_BODY).high[1]);
}

static void
test_bad_options (void)
{
  SagPhantomOptions options = { .anatomical = TRUE, .orientation = "RRS" };

  g_assert_null (sag_phantom_new (&options));
  options.orientation = NULL;
  options.spacing_mm[1] = -1;
  g_assert_null (sag_phantom_new (&options));
  options.spacing_mm[1] = 1e-9;
  g_assert_null (sag_phantom_new (&options));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/anatomical/organs", test_organs);
  g_test_add_func ("/phantom/anatomical/healthy", test_healthy);
  g_test_add_func ("/phantom/anatomical/findings", test_findings);
  g_test_add_func ("/phantom/anatomical/organs-keep-findings", test_organs_keep_findings);
  g_test_add_func ("/phantom/anatomical/cardiomegaly", test_cardiomegaly);
  g_test_add_func ("/phantom/anatomical/removed-lung", test_removed_lung);
  g_test_add_func ("/phantom/anatomical/orientation", test_orientation);
  g_test_add_func ("/phantom/anatomical/determinism", test_determinism);
  g_test_add_func ("/phantom/anatomical/spacing", test_spacing);
  g_test_add_func ("/phantom/anatomical/choices", test_choices);
  g_test_add_func ("/phantom/anatomical/bad-options", test_bad_options);
  return g_test_run ();
}
