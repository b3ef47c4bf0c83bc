/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/subject.h"

/* Lungs and what lies under the diaphragm and between the lungs. */

void
sag_subject_add_lungs (SagSubject *subject)
{
  static const struct
  {
    guint8 label;
    double planes[2][4];
  } lobes[] = {
    { SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT, { { 1, 0, 0, 0 } } },
    { SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT, { { 1, 0, 0, 0 }, { 0, 155, 180, -7525 } } },
    { SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT, { { -1, 0, 0, 0 } } },
    { SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT, { { -1, 0, 0, 0 }, { 0, 0, 1, -30 } } },
    { SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT, { { -1, 0, 0, 0 }, { 0, 155, 180, -7525 } } },
  };
  /* the pleural cavity; fissures are seen as thin lines between lobes */
  const SagSolid cavity = { .centre = SAG_PLEURA_CENTRE,
                            .radius = SAG_PLEURA_RADIUS,
                            .square = SAG_PLEURA_SQUARE,
                            .shear_y = SAG_BACK_SHEAR,
                            .hu = subject->hu.lung,
                            .hu_slope_y = subject->hu.lung_slope_y,
                            .mottle = 45 };

  for (guint l = 0; l < G_N_ELEMENTS (lobes); l++)
    {
      SagSolid lobe = cavity;

      lobe.label = lobe.organ = lobes[l].label;
      memcpy (lobe.planes, lobes[l].planes, sizeof lobes[l].planes);
      sag_subject_add (subject, &lobe);
    }
  for (gint side = -1; side <= 1; side += 2)
    {
      SagSolid fissure = cavity;

      fissure.blend = SAG_BLEND_ADD;
      fissure.hu = 110;
      fissure.hu_slope_y = fissure.mottle = 0;
      fissure.label = fissure.organ = SAG_SOLID_KEEP;
      fissure.over = side < 0 ? SAG_OVER_LEFT_LUNG : SAG_OVER_RIGHT_LUNG;
      for (guint a = 1; a < 3; a++)
        {
          fissure.planes[0][a] = a == 1 ? 155 : 180;
          fissure.planes[1][a] = a == 1 ? -155 : -180;
        }
      fissure.planes[0][3] = -7525 + 170;
      fissure.planes[1][3] = 7525 + 170;
      sag_subject_add (subject, &fissure);
    }
}

void
sag_subject_add_mediastinum (SagSubject *subject)
{
  const SagSolid pieces[] = {
    /* between the lungs: fat; narrow in front and behind, wider above the arch, and at the diaphragm's crura */
    { .hu = subject->hu.fat + 5, .centre = { 0, 0, 0 }, .radius = { 13, 118, 0 } },
    { .hu = subject->hu.fat + 5, .centre = { 0, 22, 62 }, .radius = { 36, 58, 60 } },
    { .hu = subject->hu.fat + 5, .centre = { 0, 62, -112 }, .radius = { 44, 46, 40 } },
    { .hu = subject->hu.fat, .centre = { 0, -10, -226 }, .radius = { 70, 126, 76 } },
    { .hu = subject->hu.muscle, .centre = { 0, -10, -222 }, .radius = { 74, 130, 79 } },
    /* behind and beside the spine */
    { .hu = subject->hu.muscle,
      .centre = { 0, -116, 0 },
      .radius = { 34, 32, 0 },
      .shear_y = SAG_BACK_SHEAR },
    { .hu = subject->hu.fat + 40,
      .centre = { 0, -82, 0 },
      .radius = { 34, 24, 0 },
      .shear_y = SAG_BACK_SHEAR },
  };

  for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
    {
      SagSolid piece = pieces[p];

      piece.label = piece.organ = SAG_PHANTOM_BODY;
      piece.over = SAG_OVER_LUNGS;
      sag_subject_add (subject, &piece);
    }
}

/* What is painted first wins: organs, the fat around them, then the diaphragm; nothing leaves the rib cage. */
static void
add_dome (SagSubject *subject, SagSolid solid, double lift_mm, guint16 over)
{
  solid.centre[2] += lift_mm;
  solid.end[2] += lift_mm;
  solid.over = over;
  sag_subject_add (subject, &solid);
}

static void
add_right_dome (SagSubject *subject, double lift)
{
  const SagPalette *hu = &subject->hu;
  const SagSolid    pieces[] = {
       { .hu = hu->kidney, SAG_IS_BODY, .centre = { 60, -66, -238 }, .radius = { 27, 24, 46 } },
       { .hu = hu->liver,
         SAG_IS_ORGAN (SAG_PHANTOM_LIVER),
         .centre = { 74, 16, -196 },
         .radius = { 80, 98, 91 } },
       { .hu = hu->liver,
         SAG_IS_ORGAN (SAG_PHANTOM_LIVER),
         .centre = { -8, 58, -182 },
         .radius = { 62, 42, 42 } },
       { .hu = hu->fat, SAG_IS_BODY, .centre = { 72, 14, -194 }, .radius = { 84, 102, 91 } },
       { .hu = hu->muscle, SAG_IS_BODY, .centre = { 72, 14, -194 }, .radius = { 87, 105, 93 } },
  };
  const double        vein[][3] = { { 26, -14, -124 + lift },
                                    { 60, 20, -150 + lift },
                                    { 96, 40, -190 + lift } };
  static const double radii[] = { 7, 5, 3 };

  for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
    {
      add_dome (subject, pieces[p], lift, p == 2 ? SAG_OVER_LUNGS : SAG_OVER_RIGHT_LUNG);
      if (p == 2 && subject->enhanced)
        {
          const SagSolid like = { .hu = subject->hu.venous, SAG_IS_TISSUE, .over = SAG_OVER_OTHER };

          sag_subject_add_tube (subject, &like, vein, radii, 3);
        }
    }
}

static void
add_left_dome (SagSubject *subject, double lift, SagDraw *draw)
{
  const SagPalette *hu = &subject->hu;
  double full = sag_draw_uniform (draw, 0.85, 1.15), level = sag_draw_uniform (draw, -4, 14);
  const SagSolid stomach = { .hu = hu->muscle,
                             SAG_IS_ORGAN (SAG_PHANTOM_STOMACH),
                             .centre = { -62, 22, -158 },
                             .radius = { 44 * full, 46 * full, 38 * full } };
  const SagSolid pieces[] = {
    { .hu = hu->spleen,
      SAG_IS_ORGAN (SAG_PHANTOM_SPLEEN),
      .centre = { -112, -42, -180 },
      .radius = { 30, 46, 52 } },
    { .hu = hu->kidney, SAG_IS_BODY, .centre = { -62, -66, -226 }, .radius = { 27, 24, 46 } },
    { .hu = hu->fat, SAG_IS_BODY, .centre = { -72, 14, -202 }, .radius = { 83, 102, 90 } },
    { .hu = hu->muscle, SAG_IS_BODY, .centre = { -72, 14, -202 }, .radius = { 86, 105, 93 } },
  };
  SagSolid inside = stomach, gas;

  for (guint a = 0; a < 3; a++)
    inside.radius[a] -= 4;
  inside.hu = hu->fluid + 18;
  inside.organ = inside.label = SAG_SOLID_KEEP;
  gas = inside;
  gas.hu = -980;
  gas.planes[0][1] = -1;
  gas.planes[0][3] = -(inside.centre[1] + level);
  add_dome (subject, stomach, lift, SAG_OVER_LEFT_LUNG);
  add_dome (subject, inside, lift, SAG_OVER_OTHER);
  add_dome (subject, gas, lift, SAG_OVER_OTHER);
  for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
    add_dome (subject, pieces[p], lift, SAG_OVER_LEFT_LUNG);
}

void
sag_subject_add_abdomen (SagSubject *subject)
{
  SagDraw draw = sag_draw (subject->seed, SAG_TOPIC_ORGANS);
  double  right = subject->dome_mm + sag_draw_uniform (&draw, -5, 5);
  double  left = subject->dome_mm + sag_draw_uniform (&draw, -8, 5);

  add_left_dome (subject, left, &draw);
  add_right_dome (subject, right);
}
