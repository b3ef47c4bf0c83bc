/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/subject.h"

#include "model/phantom/lesion.h"

#include <math.h>

void
sag_subject_add (SagSubject *subject, const SagSolid *solid)
{
  SagSolid      scaled = *solid;
  const double *scale = subject->scale;
  double        mean = (scale[0] + scale[1]) / 2;

  for (guint a = 0; a < 3; a++)
    {
      scaled.centre[a] *= scale[a];
      scaled.end[a] *= scale[a];
      scaled.radius[a] *= solid->kind == SAG_SOLID_CAPSULE || solid->turned ? mean : scale[a];
      for (guint p = 0; p < SAG_SOLID_MAX_PLANES; p++)
        scaled.planes[p][a] /= scale[a];
    }
  scaled.shear_y *= scale[1] / scale[2];
  g_array_append_val (subject->solids, scaled);
}

void
sag_subject_add_tube (SagSubject     *subject,
                      const SagSolid *like,
                      const double (*points)[3],
                      const double *radii,
                      guint         n_points)
{
  for (guint p = 0; p + 1 < n_points; p++)
    {
      SagSolid piece = *like;

      piece.kind = SAG_SOLID_CAPSULE;
      for (guint a = 0; a < 3; a++)
        {
          piece.centre[a] = points[p][a];
          piece.end[a] = points[p + 1][a];
        }
      piece.radius[0] = radii[p];
      piece.radius[1] = radii[p + 1];
      sag_subject_add (subject, &piece);
    }
}

static void
normalise (double v[3])
{
  double length = sqrt (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);

  for (guint a = 0; a < 3; a++)
    v[a] /= length;
}

static void
cross (const double a[3], const double b[3], double c[3])
{
  for (guint i = 0; i < 3; i++)
    c[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

void
sag_solid_aim (SagSolid *solid, const double direction[3])
{
  const double up[3] = { 0, 0, 1 }, front[3] = { 0, 1, 0 };

  memcpy (solid->axes[0], direction, sizeof solid->axes[0]);
  normalise (solid->axes[0]);
  cross (fabs (solid->axes[0][2]) < 0.9 ? up : front, solid->axes[0], solid->axes[1]);
  normalise (solid->axes[1]);
  cross (solid->axes[0], solid->axes[1], solid->axes[2]);
  solid->turned = TRUE;
}

static void
mix_palette (SagSubject *subject)
{
  SagDraw     draw = sag_draw (subject->seed, SAG_TOPIC_PALETTE);
  gboolean    enhanced = subject->enhanced;
  SagPalette *hu = &subject->hu;
  double      dose = sag_draw_uniform (&draw, 0, 1); /* of contrast medium */
  double      late = sag_draw_uniform (&draw, 0, 1); /* 0 in the arteries, 1 in the veins */

#define EITHER(plain, spread, with)                                                                \
  ((float) (((enhanced) ? (with) : (plain)) + sag_draw_uniform (&draw, -(spread), (spread))))
  hu->table = EITHER (-80, 40, -80);
  hu->foam = EITHER (-945, 10, -945);
  hu->skin = EITHER (10, 10, 15);
  hu->fat = EITHER (-103, 6, -103);
  hu->muscle = EITHER (52, 6, 60);
  hu->gland = EITHER (15, 15, 25);
  hu->lung = EITHER (-852, 38, -846);
  hu->lung_slope_y = (float) -sag_draw_uniform (&draw, 0.15, 0.6);
  hu->air = -1000;
  hu->fluid = EITHER (8, 7, 10);
  hu->consolidation = EITHER (32, 10, 70);
  hu->soft = EITHER (30, 6, 40);
  hu->myocardium = EITHER (44, 4, 95);
  hu->arterial = EITHER (41, 4, 170 + 190 * dose * (1 - 0.5 * late));
  hu->venous = EITHER (40, 4, 110 + 60 * dose);
  hu->pulmonary = EITHER (42, 4, 160 + 220 * dose * (1 - 0.6 * late));
  hu->liver = EITHER (57, 9, 70 + 45 * late);
  hu->spleen = EITHER (48, 4, 90 + 30 * late);
  hu->kidney = EITHER (33, 4, 150);
  hu->node = EITHER (38, 6, 72);
  hu->cartilage = EITHER (110, 25, 115);
  hu->marrow = EITHER (150, 45, 155);
  hu->cortex = EITHER (520, 90, 520);
  hu->calcium = EITHER (900, 200, 900);
  hu->metal = 3000;
#undef EITHER
}

/* Small turns about S, R and A: sine and cosine by the half angle's tangent, which rounds the same everywhere. */
static void
lie_down (SagSubject *subject, SagDraw *draw)
{
  static const double most[3] = { 0.035, 0.035, 0.055 }; /* tangent of the half angle */
  double              total[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

  for (guint a = 0; a < 3; a++)
    {
      guint  b = (a + 1) % 3, c = (a + 2) % 3;
      double t = sag_draw_uniform (draw, -most[a], most[a]);
      double cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);

      for (guint column = 0; column < 3; column++)
        {
          double u = total[b][column], v = total[c][column];

          total[b][column] = cosine * u - sine * v;
          total[c][column] = sine * u + cosine * v;
        }
    }
  memcpy (subject->turn, total, sizeof total);
}

static double
draw_breath (SagDraw *draw)
{
  return sag_draw_uniform (draw, -8, 1) + (sag_draw_integer (draw, 0, 4) == 0 ? 28 : 12);
}

/* What is not the same on another day. */
static void
come_again (SagSubject *subject, guint visit)
{
  SagDraw draw = sag_draw (sag_random_hash (subject->seed, SAG_TOPIC_VISIT), visit);
  double  dome_mm = draw_breath (&draw);

  subject->heart_shift[2] += 0.7 * (dome_mm - subject->dome_mm);
  subject->dome_mm = dome_mm;
  lie_down (subject, &draw);
}

static void
draw_subject (SagSubject *subject, const SagPhantomOptions *options)
{
  static const double kernels[][2] = { { 0, 0 }, { 0.16, 0.25 }, { 0.06, 0.14 }, { -0.06, 0.02 } };
  SagDraw             draw = sag_draw (options->seed, SAG_TOPIC_PATIENT);
  gboolean female = sag_draw_integer (&draw, 0, 1), arms_down = sag_draw_integer (&draw, 0, 4) == 0;
  double   size = sag_draw_uniform (&draw, 0.95, 1.06);
  guint    kernel = sag_draw_integer (&draw, 1, 3);
  static const double low_scale[] = { 0.92, 0.9, 0.95 }, high_scale[] = { 1.02, 1.01, 1.04 };
  static const double heart_low[] = { 0.9, 1.32 }, heart_high[] = { 1.04, 1.48 };
  guint               large = (options->findings & SAG_FINDING_CARDIOMEGALY) != 0;

  subject->seed = options->seed;
  subject->findings = options->findings;
  subject->enhanced = options->enhanced;
  subject->female = options->sex ? options->sex == SAG_SEX_FEMALE : female;
  subject->arms_up = options->arms ? options->arms == SAG_ARMS_UP : !arms_down;
  if (subject->female)
    size *= 0.94;
  for (guint a = 0; a < 3; a++)
    subject->scale[a] = size * sag_draw_uniform (&draw, low_scale[a], high_scale[a]);
  subject->fat_mm = sag_draw_uniform (&draw, 7, subject->female ? 32 : 26);
  subject->dome_mm = draw_breath (&draw);
  subject->warp_mm = 5;
  subject->slab = sag_draw_uniform (&draw, 0.04, 0.24);
  subject->bend = sag_draw_uniform (&draw, 0.0003, 0.0012);
  for (guint a = 0; a < 3; a++)
    subject->heart_shift[a] =
      sag_draw_uniform (&draw, -4, 4) + (a == 2 ? 0.7 * (subject->dome_mm - 12) : 0);
  subject->heart = sag_draw_uniform (&draw, heart_low[large], heart_high[large]);
  if (options->kernel)
    kernel = options->kernel;
  subject->kernel = sag_draw_uniform (&draw, kernels[kernel][0], kernels[kernel][1]);
  subject->noise_hu =
    (float) (sag_draw_uniform (&draw, 7, 16) * (kernel == SAG_KERNEL_SHARP ? 2 : 1));
  lie_down (subject, &draw);
  if (options->visit > 0)
    come_again (subject, options->visit);
}

SagSubject *
sag_subject_new (const SagPhantomOptions *options)
{
  SagSubject *subject = g_new0 (SagSubject, 1);

  subject->solids = g_array_new (FALSE, FALSE, sizeof (SagSolid));
  draw_subject (subject, options);
  mix_palette (subject);
  sag_subject_add_torso (subject);
  sag_subject_add_rib_cage (subject);
  sag_subject_add_lungs (subject);
  sag_subject_add_abdomen (subject);
  sag_subject_add_mediastinum (subject);
  sag_subject_add_findings_around (subject);
  sag_subject_add_heart (subject);
  sag_subject_add_great_vessels (subject);
  sag_subject_add_spine (subject);
  sag_subject_add_airways (subject);
  sag_subject_add_findings_within (subject);
  return subject;
}

void
sag_subject_free (SagSubject *subject)
{
  if (subject == NULL)
    return;
  g_array_unref (subject->solids);
  g_free (subject);
}
