/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/lesion.h"

#include <math.h>

/* What fills lungs and pleura. Sizes are asked for in ml and found by the survey. */

static const struct
{
  guint   finding;
  gint    side; /* 1 is right */
  guint8  label;
  guint16 over;
} parenchyma[] = {
  /* first those that the later ones may cover */
  { SAG_FINDING_EMPHYSEMA_LEFT, -1, SAG_PHANTOM_EMPHYSEMA_LEFT, SAG_OVER_LEFT_LUNG },
  { SAG_FINDING_EMPHYSEMA_RIGHT, 1, SAG_PHANTOM_EMPHYSEMA_RIGHT, SAG_OVER_RIGHT_LUNG },
  { SAG_FINDING_GROUND_GLASS_LEFT, -1, SAG_PHANTOM_GROUND_GLASS_LEFT, SAG_OVER_LEFT_LUNG },
  { SAG_FINDING_GROUND_GLASS_RIGHT, 1, SAG_PHANTOM_GROUND_GLASS_RIGHT, SAG_OVER_RIGHT_LUNG },
  { SAG_FINDING_ATELECTASIS_LEFT, -1, SAG_PHANTOM_ATELECTASIS_LEFT, SAG_OVER_LEFT_LUNG },
  { SAG_FINDING_ATELECTASIS_RIGHT, 1, SAG_PHANTOM_ATELECTASIS_RIGHT, SAG_OVER_RIGHT_LUNG },
  { SAG_FINDING_CONSOLIDATION_LEFT, -1, SAG_PHANTOM_CONSOLIDATION_LEFT, SAG_OVER_LEFT_LUNG },
  { SAG_FINDING_CONSOLIDATION_RIGHT, 1, SAG_PHANTOM_CONSOLIDATION_RIGHT, SAG_OVER_RIGHT_LUNG },
};

/* Holes of 6 to 22 mm, more of them above. */
static void
add_emphysema (SagSubject *subject, const SagSurvey *survey, SagDraw *draw, SagSolid like)
{
  guint n = sag_draw_integer (draw, 45, 80);

  like.blend = SAG_BLEND_COVER;
  like.hu = (float) sag_draw_uniform (draw, -985, -960);
  like.rough = 0.35;
  for (guint i = 0; i < n; i++)
    {
      double radius = sag_draw_uniform (draw, 6, 22),
             level = sag_draw_uniform (draw, -170, 60) * subject->scale[2];

      if (!sag_survey_draw (survey, draw, like.over, like.centre))
        return;
      if (like.centre[2] < level)
        continue;
      for (guint a = 0; a < 3; a++)
        like.radius[a] = radius * sag_draw_uniform (draw, 0.8, 1.2);
      g_array_append_val (subject->solids, like);
    }
}

static void
add_ground_glass (SagSubject *subject, const SagSurvey *survey, SagDraw *draw, SagSolid like)
{
  guint n = sag_draw_integer (draw, 2, 4);

  like.blend = SAG_BLEND_ADD;
  like.hu = (float) sag_draw_uniform (draw, 260, 380);
  like.rough = 0.4;
  for (guint i = 0; i < n; i++)
    {
      double radius = sag_draw_uniform (draw, 24, 44);

      if (!sag_survey_draw (survey, draw, like.over, like.centre))
        return;
      for (guint a = 0; a < 3; a++)
        like.radius[a] = radius * sag_draw_uniform (draw, 0.75, 1.25);
      g_array_append_val (subject->solids, like);
    }
}

/* Bands above the diaphragm, and a collapsed wedge at the back of the base. */
static void
add_atelectasis (SagSubject *subject, SagDraw *draw, SagSolid like, gint side)
{
  double       base = -88 + subject->dome_mm;
  guint        n_bands = sag_draw_integer (draw, 1, 3);
  SagSolid     wedge = like;
  const double wedge_radius[3] = { sag_draw_uniform (draw, 26, 46), sag_draw_uniform (draw, 22, 38),
                                   sag_draw_uniform (draw, 40, 62) };

  wedge.hu = subject->hu.consolidation + 8;
  wedge.rough = 0.12;
  wedge.centre[0] = side * sag_draw_uniform (draw, 58, 80);
  wedge.centre[1] = -92;
  wedge.centre[2] = base - 28;
  memcpy (wedge.radius, wedge_radius, sizeof wedge_radius);
  sag_subject_add (subject, &wedge);
  for (guint i = 0; i < n_bands; i++)
    {
      SagSolid     band = wedge;
      const double along[3] = { side, sag_draw_uniform (draw, -0.5, 0.5),
                                sag_draw_uniform (draw, -0.3, 0.3) };
      const double radius[3] = { sag_draw_uniform (draw, 26, 42), sag_draw_uniform (draw, 18, 34),
                                 sag_draw_uniform (draw, 2.5, 4.5) };

      band.centre[0] = side * sag_draw_uniform (draw, 70, 105);
      band.centre[1] = sag_draw_uniform (draw, -50, 30);
      band.centre[2] = base + sag_draw_uniform (draw, 8, 45);
      memcpy (band.radius, radius, sizeof radius);
      sag_solid_aim (&band, along);
      sag_subject_add (subject, &band);
    }
}

/* Most of a lobe, or a rough patch. */
static void
add_consolidation (
  SagSubject *subject, const SagSurvey *survey, SagDraw *draw, SagSolid like, gint side)
{
  static const guint16 lobes[2][3] = {
    { SAG_OVER_UPPER_LEFT, SAG_OVER_LOWER_LEFT, SAG_OVER_LOWER_LEFT },
    { SAG_OVER_UPPER_RIGHT, SAG_OVER_MIDDLE_RIGHT, SAG_OVER_LOWER_RIGHT },
  };
  double ml = sag_draw_uniform (draw, 90, 620);

  like.over = lobes[side > 0][sag_draw_integer (draw, 0, 2)];
  like.hu = subject->hu.consolidation;
  like.rough = 0.28;
  if (!sag_survey_draw (survey, draw, like.over, like.centre))
    return;
  for (guint a = 0; a < 3; a++)
    like.radius[a] = 40 * sag_draw_uniform (draw, 0.8, 1.25);
  sag_survey_grow_to (survey, &like, subject->seed, ml);
  g_array_append_val (subject->solids, like);
}

void
sag_subject_add_lung_findings (SagSubject *subject, const SagSurvey *survey)
{
  for (guint f = 0; f < G_N_ELEMENTS (parenchyma); f++)
    {
      SagDraw  draw = sag_draw (subject->seed, SAG_TOPIC_LUNG_FINDINGS + f);
      SagSolid like = { SAG_IS_IN (parenchyma[f].label), .over = parenchyma[f].over };

      if (!sag_subject_has (subject, parenchyma[f].finding))
        continue;
      if (f < 2)
        add_emphysema (subject, survey, &draw, like);
      else if (f < 4)
        add_ground_glass (subject, survey, &draw, like);
      else if (f < 6)
        add_atelectasis (subject, &draw, like, parenchyma[f].side);
      else
        add_consolidation (subject, survey, &draw, like, parenchyma[f].side);
    }
}

/* 50 ml to 2 l, small ones as often as large ones. */
static double
draw_ml (SagDraw *draw, double least, double most)
{
  double t = sag_draw_uniform (draw, 0, 1);

  return least + (most - least) * t * t;
}

/* All of the pleural space but an ellipsoid that is left of the lung: fluid sinks to the back and the base, air rises
 * to the front and the apex. */
static void
add_pleural (
  SagSubject *subject, const SagSurvey *survey, guint topic, gint side, gboolean air, guint8 label)
{
  SagDraw  draw = sag_draw (subject->seed, topic);
  SagSolid solid = { .hu = air ? subject->hu.air : subject->hu.fluid,
                     SAG_IS (label, SAG_PHANTOM_BODY),
                     .over = side < 0 ? SAG_OVER_LEFT_LUNG : SAG_OVER_RIGHT_LUNG,
                     .inverted = TRUE,
                     .centre = { side * 62, air ? -52 : 58, air ? -130 : 20 },
                     .radius = { 110, 100, 150 } };

  for (guint a = 0; a < 3; a++)
    {
      solid.centre[a] = (solid.centre[a] + sag_draw_uniform (&draw, -6, 6)) * subject->scale[a];
      solid.radius[a] *= subject->scale[a];
    }
  if (sag_survey_grow_to (survey, &solid, subject->seed,
                          draw_ml (&draw, air ? 120 : 90, air ? 1500 : 1800)) > 0)
    g_array_append_val (subject->solids, solid);
}

void
sag_subject_add_pleural_findings (SagSubject *subject, const SagSurvey *survey)
{
  static const struct
  {
    guint    finding;
    gint     side;
    gboolean air;
    guint8   label;
  } spaces[] = {
    { SAG_FINDING_PNEUMOTHORAX_LEFT, -1, TRUE, SAG_PHANTOM_PNEUMOTHORAX_LEFT },
    { SAG_FINDING_PNEUMOTHORAX, 1, TRUE, SAG_PHANTOM_PNEUMOTHORAX },
    { SAG_FINDING_EFFUSION_LEFT, -1, FALSE, SAG_PHANTOM_EFFUSION_LEFT },
    { SAG_FINDING_EFFUSION_RIGHT, 1, FALSE, SAG_PHANTOM_EFFUSION_RIGHT },
  };

  for (gint side = -1; side <= 1; side += 2)
    if (sag_subject_has (subject, side < 0 ? SAG_FINDING_NO_LEFT_LUNG : SAG_FINDING_NO_RIGHT_LUNG))
      {
        SagSolid filled = { .hu = subject->hu.fluid + 8,
                            SAG_IS_BODY,
                            .over = side < 0 ? SAG_OVER_LEFT_LUNG : SAG_OVER_RIGHT_LUNG };

        g_array_append_val (subject->solids, filled);
      }
  for (guint s = 0; s < G_N_ELEMENTS (spaces); s++)
    if (sag_subject_has (subject, spaces[s].finding))
      add_pleural (subject, survey, SAG_TOPIC_PLEURA + s, spaces[s].side, spaces[s].air,
                   spaces[s].label);
}

/* A ball that is lung all around, or FALSE. */
static gboolean
place_nodule (
  SagSubject *subject, const SagSurvey *survey, SagDraw *draw, double radius, double at[3])
{
  for (guint try = 0; try < 60; try++)
    {
      gboolean good = sag_survey_draw (survey, draw, SAG_OVER_LUNGS, at);

      for (guint probe = 0; probe < 7 && good; probe++)
        {
          double point[3] = { at[0], at[1], at[2] };

          if (probe > 0)
            point[(probe - 1) / 2] += (probe % 2 ? 1 : -1) * (radius + 1.5);
          good = (sag_over_of_organ (sag_survey_probe (subject, point)) & SAG_OVER_LUNGS) != 0;
        }
      if (good)
        return TRUE;
    }
  return FALSE;
}

static void
add_some_nodules (
  SagSubject *subject, const SagSurvey *survey, SagDraw *draw, guint n, double least, double most)
{
  for (guint i = 0; i < n; i++)
    {
      double   radius = sag_draw_uniform (draw, least, most);
      SagSolid nodule = { .hu = subject->hu.consolidation + 15,
                          SAG_IS_IN (SAG_PHANTOM_NODULE),
                          .radius = { radius, radius, radius },
                          .over = SAG_OVER_LUNGS };

      if (place_nodule (subject, survey, draw, radius, nodule.centre))
        g_array_append_val (subject->solids, nodule);
    }
}

void
sag_subject_add_nodules (SagSubject *subject, const SagSurvey *survey)
{
  SagDraw draw = sag_draw (subject->seed, SAG_TOPIC_NODULES);
  guint   few = sag_draw_integer (&draw, 1, 2), many = sag_draw_integer (&draw, 9, 16);

  if (sag_subject_has (subject, SAG_FINDING_NODULE))
    add_some_nodules (subject, survey, &draw, few, 5.5, 15);
  if (sag_subject_has (subject, SAG_FINDING_SCATTERED_NODULES))
    add_some_nodules (subject, survey, &draw, many, 4, 6.5);
}
