/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/lesion.h"

#include "model/phantom/heart.h"
#include "model/phantom/trees.h"

/* Findings that are no part of the lungs: around the heart, in the mediastinum, calcium in walls. */

#define OVER_CHEST (SAG_OVER_LUNGS | SAG_OVER_SOFT)

static void
add_pericardial_effusion (SagSubject *subject)
{
  SagDraw        draw = sag_draw (subject->seed, SAG_TOPIC_HEART + 1000);
  const SagSolid fluid = { .hu = subject->hu.fluid,
                           SAG_IS (SAG_PHANTOM_PERICARDIAL_EFFUSION, SAG_PHANTOM_BODY),
                           .over = OVER_CHEST };
  const SagSolid fat = { .hu = subject->hu.fat, SAG_IS_BODY, .over = OVER_CHEST };
  double         thick_mm = sag_draw_uniform (&draw, 10, subject->heart > 1.2 ? 15 : 22);

  sag_heart_add_shell (subject, &fat, thick_mm + 3.5);
  sag_heart_add_shell (subject, &fluid, thick_mm);
}

static void
add_hiatal_hernia (SagSubject *subject)
{
  SagDraw  draw = sag_draw (subject->seed, SAG_TOPIC_ORGANS + 1000);
  double   radius = sag_draw_uniform (&draw, 22, 34);
  double   aside = sag_draw_uniform (&draw, -12, 4), floor = -112 + subject->dome_mm;
  SagSolid wall = { .hu = subject->hu.soft,
                    SAG_IS (SAG_PHANTOM_HIATAL_HERNIA, SAG_PHANTOM_STOMACH),
                    .over = OVER_CHEST,
                    .centre = { aside, -32, floor + radius * 0.7 },
                    .radius = { radius * 1.15, radius * 0.8, radius } };
  SagSolid inside = wall, gas;

  for (guint a = 0; a < 3; a++)
    inside.radius[a] -= 3.5;
  inside.over = SAG_OVER_OTHER;
  inside.hu = subject->hu.fluid + 20;
  inside.label = inside.organ = SAG_SOLID_KEEP;
  gas = inside;
  gas.hu = -970;
  gas.planes[0][1] = -1;
  gas.planes[0][3] = -(wall.centre[1] + sag_draw_uniform (&draw, -6, 5));
  sag_subject_add (subject, &wall);
  sag_subject_add (subject, &inside);
  sag_subject_add (subject, &gas);
}

/* Beside the windpipe, under the carina, in front of the arch, at both hila. */
static void
add_lymph_nodes (SagSubject *subject)
{
  static const double places[][3] = { { 16, -14, 34 },  { 14, -8, 14 },    { -16, -10, 8 },
                                      { 2, -26, -20 },  { -6, 34, 22 },    { 12, 34, 34 },
                                      { 46, -24, -22 }, { -50, -26, -24 }, { 4, -24, -36 },
                                      { -2, 20, 46 } };
  SagDraw             draw = sag_draw (subject->seed, SAG_TOPIC_ORGANS + 2000);
  guint               n = sag_draw_integer (&draw, 4, 8), first = sag_draw_integer (&draw, 0, 9);

  for (guint i = 0; i < n; i++)
    {
      const double *place = places[(first + i * 3) % G_N_ELEMENTS (places)];
      double        radius = sag_draw_uniform (&draw, 9, 15);
      SagSolid      node = { .hu = subject->hu.node,
                             SAG_IS (SAG_PHANTOM_LYMPH_NODE, SAG_PHANTOM_BODY),
                             .over = OVER_CHEST };

      for (guint a = 0; a < 3; a++)
        {
          node.centre[a] = place[a] + sag_draw_uniform (&draw, -4, 4);
          node.radius[a] = radius * sag_draw_uniform (&draw, 0.8, 1.25);
        }
      sag_subject_add (subject, &node);
    }
}

void
sag_subject_add_findings_around (SagSubject *subject)
{
  if (sag_subject_has (subject, SAG_FINDING_HIATAL_HERNIA))
    add_hiatal_hernia (subject);
  if (sag_subject_has (subject, SAG_FINDING_LYMPH_NODES))
    add_lymph_nodes (subject);
  if (sag_subject_has (subject, SAG_FINDING_PERICARDIAL_EFFUSION))
    add_pericardial_effusion (subject);
}

/* The coronary arteries' courses over a heart of size 1, from its middle. */
static const double coronaries[3][6][3] = {
  /* left anterior descending */
  { { -14, 22, 34 },
    { -24, 32, 26 },
    { -32, 39, 14 },
    { -40, 42, 0 },
    { -46, 42, -14 },
    { -52, 40, -26 } },
  /* circumflex */
  { { -14, 18, 34 },
    { -30, 8, 28 },
    { -40, -6, 18 },
    { -44, -18, 4 },
    { -42, -26, -10 },
    { -38, -30, -20 } },
  /* right */
  { { 16, 28, 28 },
    { 28, 30, 16 },
    { 34, 28, 0 },
    { 32, 20, -18 },
    { 22, 8, -32 },
    { 8, -4, -40 } },
};

static void
add_coronary_calcification (SagSubject *subject)
{
  SagDraw draw = sag_draw (subject->seed, SAG_TOPIC_CALCIFICATION);
  guint   used = sag_draw_integer (&draw, 1, 7) | 1; /* always the left anterior descending */

  for (guint c = 0; c < 3; c++)
    {
      guint first = sag_draw_integer (&draw, 0, 1), n = sag_draw_integer (&draw, 2, 4);

      if (!(used >> c & 1))
        continue;
      for (guint p = first; p < first + n && p < 5; p++)
        {
          SagSolid     like = { .hu = subject->hu.calcium,
                                SAG_IS (SAG_PHANTOM_CORONARY_CALCIFICATION, SAG_PHANTOM_HEART),
                                .fine = TRUE };
          double       ends[2][3], thick = sag_draw_uniform (&draw, 2.2, 3.4);
          const double radii[2] = { thick, thick * sag_draw_uniform (&draw, 0.7, 1) };

          sag_heart_place (subject, coronaries[c][p], ends[0]);
          sag_heart_place (subject, coronaries[c][p + 1], ends[1]);
          for (guint a = 0; a < 3; a++) /* gaps between plaques */
            ends[1][a] = ends[0][a] + (ends[1][a] - ends[0][a]) * 0.8;
          sag_subject_add_tube (subject, &like, ends, radii, 2);
        }
    }
}

static void
add_aortic_calcification (SagSubject *subject)
{
  static const double around[8][2] = { { 1, 0 },  { 0.7071, 0.7071 },
                                       { 0, 1 },  { -0.7071, 0.7071 },
                                       { -1, 0 }, { -0.7071, -0.7071 },
                                       { 0, -1 }, { 0.7071, -0.7071 } };
  SagDraw             draw = sag_draw (subject->seed, SAG_TOPIC_CALCIFICATION + 1000);
  guint               n = sag_draw_integer (&draw, 7, 14);

  for (guint i = 0; i < n; i++)
    {
      guint p = sag_draw_integer (&draw, 3, SAG_N_AORTA_POINTS - 3),
            turn = sag_draw_integer (&draw, 0, 7);
      const double *from = sag_aorta_points[p], *to = sag_aorta_points[p + 1];
      double        start = sag_draw_uniform (&draw, 0, 0.7), radius = sag_aorta_radii[p] - 1.5;
      double        ends[2][3], thick = sag_draw_uniform (&draw, 2, 3.2);
      const double  radii[2] = { thick, thick };
      SagSolid      like = { .hu = subject->hu.calcium,
                             SAG_IS (SAG_PHANTOM_AORTIC_CALCIFICATION, SAG_PHANTOM_AORTA),
                             .fine = TRUE };

      for (guint e = 0; e < 2; e++)
        {
          const double *spoke = around[(turn + e * (p < 6)) % 8];

          for (guint a = 0; a < 3; a++)
            ends[e][a] = from[a] + (to[a] - from[a]) * (start + e * 0.2);
          /* round the arch the wall lies above and below, along the descending aorta beside it */
          ends[e][0] += spoke[0] * radius;
          ends[e][p < 6 ? 2 : 1] += spoke[1] * radius;
        }
      sag_subject_add_tube (subject, &like, ends, radii, 2);
    }
}

void
sag_subject_add_calcifications (SagSubject *subject)
{
  if (sag_subject_has (subject, SAG_FINDING_CORONARY_CALCIFICATION))
    add_coronary_calcification (subject);
  if (sag_subject_has (subject, SAG_FINDING_AORTIC_CALCIFICATION))
    add_aortic_calcification (subject);
}

void
sag_subject_add_findings_within (SagSubject *subject)
{
  g_autoptr (SagSurvey) survey = sag_survey_new (subject);

  sag_subject_add_lung_vessels (subject, survey);
  sag_subject_add_lung_findings (subject, survey);
  sag_subject_add_bronchi (subject, survey);
  sag_subject_add_pleural_findings (subject, survey);
  sag_subject_add_nodules (subject, survey);
  sag_subject_add_calcifications (subject);
  sag_subject_add_devices (subject);
}
