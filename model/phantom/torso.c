/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/subject.h"

/* What holds the chest: the table, skin, fat and muscle, neck, shoulders, arms and breasts. */

#define SHOULDER_Z 20

typedef struct
{
  double rx;
  double ry;
  double muscle_mm;
} Outline;

static void
add_table (SagSubject *subject, double back_mm)
{
  const SagPalette *hu = &subject->hu;
  const SagSolid    pieces[] = {
       { .hu = hu->table,
         SAG_IS_ORGAN (0),
         .centre = { 0, back_mm - 42, 0 },
         .radius = { 240, 34, 0 },
         .square = 0.6 },
       { .hu = hu->foam,
         SAG_IS_ORGAN (0),
         .centre = { 0, back_mm - 42, 0 },
         .radius = { 237, 31, 0 },
         .square = 0.6 },
       { .hu = hu->foam,
         SAG_IS_ORGAN (0),
         .centre = { 0, back_mm - 5, 0 },
         .radius = { 190, 7, 0 },
         .square = 0.9 },
  };

  for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
    {
      SagSolid piece = pieces[p];

      piece.fixed = TRUE;
      piece.planes[0][1] = 1;
      piece.planes[0][3] = back_mm - 1;
      g_array_append_val (subject->solids, piece);
    }
}

/* One layer of the outer shape, its surface @depth_mm below the skin. */
static void
add_layer (SagSubject *subject, const Outline *outline, double depth_mm, float hu)
{
  double   rx = outline->rx - depth_mm, ry = outline->ry - depth_mm;
  double   arm = subject->arms_up ? 1 : 0;
  SagSolid trunk = { .hu = hu,
                     SAG_IS_BODY,
                     .centre = { 0, 0, 0 },
                     .radius = { rx, ry, 0 },
                     .square = 0.45,
                     .planes = { { 0, 0, 1, SHOULDER_Z } } };
  /* above, the front falls back towards the neck */
  SagSolid top = { .hu = hu,
                   SAG_IS_BODY,
                   .centre = { 0, 0, SHOULDER_Z },
                   .radius = { rx, ry, 122 - depth_mm + 14 * arm },
                   .square = 0.45,
                   .planes = { { 0, 0, -1, -SHOULDER_Z },
                               { 0, 1, 0.75, outline->ry + 7 - depth_mm * 1.2 } } };
  SagSolid neck = { .hu = hu,
                    SAG_IS_BODY,
                    .centre = { 0, -24, 0 },
                    .radius = { 66 - depth_mm * 0.7, 66 - depth_mm * 0.7, 0 },
                    .planes = { { 0, 0, -1, -SHOULDER_Z } } };

  sag_subject_add (subject, &trunk);
  sag_subject_add (subject, &top);
  sag_subject_add (subject, &neck);
  for (gint side = -1; side <= 1; side += 2)
    {
      SagSolid upper = { .kind = SAG_SOLID_CAPSULE,
                         .hu = hu,
                         SAG_IS_BODY,
                         .centre = { side * 158, -12, 72 },
                         .radius = { 56 - depth_mm, 50 - depth_mm } };

      upper.end[0] = side * (subject->arms_up ? 200 : outline->rx + 42);
      upper.end[1] = subject->arms_up ? 10 : -25;
      upper.end[2] = subject->arms_up ? 230 : -330;
      if (!subject->arms_up)
        upper.centre[0] = side * (outline->rx + 18);
      if (upper.radius[1] > 0)
        sag_subject_add (subject, &upper);
    }
}

static void
add_breasts (SagSubject *subject, const Outline *outline, SagDraw *draw)
{
  double size = sag_draw_uniform (draw, 0.7, 1.15);

  for (gint side = -1; side <= 1; side += 2)
    {
      SagSolid skin = { .hu = subject->hu.skin,
                        SAG_IS_BODY,
                        .centre = { side * 84, outline->ry - 16, -66 },
                        .radius = { 72 * size, 36 * size, 70 * size },
                        .over = SAG_OVER_OUTSIDE | SAG_OVER_SOFT };
      SagSolid fat = skin, gland = skin;

      for (guint a = 0; a < 3; a++)
        fat.radius[a] -= 2.5;
      fat.hu = subject->hu.fat;
      gland.hu = subject->hu.gland;
      gland.centre[1] += 8;
      gland.rough = 0.5;
      for (guint a = 0; a < 3; a++)
        gland.radius[a] *= 0.48;
      sag_subject_add (subject, &skin);
      sag_subject_add (subject, &fat);
      sag_subject_add (subject, &gland);
    }
}

/* Muscles lie in the fat around the chest wall: breast, sides, shoulder blades, along the spine. */
static void
add_muscles (SagSubject *subject, const Outline *outline)
{
  double bulk = outline->muscle_mm, wall_x = outline->rx - subject->fat_mm - bulk;
  double wall_y = outline->ry - subject->fat_mm - bulk;

  for (gint side = -1; side <= 1; side += 2)
    {
      const SagSolid pieces[] = {
        { .centre = { side * 78, wall_y - 4, 34 }, .radius = { 62, bulk + 7, 50 } },
        { .centre = { side * 60, wall_y - 1, -10 }, .radius = { 44, bulk + 1, 44 } },
        { .centre = { side * (wall_x - 3), -34, -30 }, .radius = { bulk + 6, 50, 120 } },
        { .centre = { side * 112, -wall_y + 10, 26 }, .radius = { 46, bulk + 9, 66 } },
        { .centre = { side * 34, -wall_y + 3, 0 }, .radius = { 30, bulk + 7, 0 } },
        { .centre = { side * 44, -wall_y + 8, 96 }, .radius = { 62, 24, 60 } },
        { .centre = { side * 146, -8, 80 }, .radius = { 40, 44, 44 } },
      };

      for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
        {
          SagSolid piece = pieces[p];

          piece.hu = subject->hu.muscle;
          piece.label = piece.organ = SAG_PHANTOM_BODY;
          piece.over = SAG_OVER_SOFT;
          sag_subject_add (subject, &piece);
        }
    }
}

/* Fat in the armpits. */
static void
add_armpits (SagSubject *subject)
{
  for (gint side = -1; side <= 1; side += 2)
    {
      SagSolid fat = { .hu = subject->hu.fat,
                       SAG_IS_BODY,
                       .centre = { side * 148, 10, 52 },
                       .radius = { 20, 30, 42 },
                       .over = SAG_OVER_SOFT,
                       .rough = 0.3 };

      sag_subject_add (subject, &fat);
    }
}

static void
add_arm_bones (SagSubject *subject, const Outline *outline)
{
  for (gint side = -1; side <= 1; side += 2)
    {
      guint8   label = side < 0 ? SAG_PHANTOM_HUMERUS_LEFT : SAG_PHANTOM_HUMERUS_RIGHT;
      SagSolid shaft = { .kind = SAG_SOLID_CAPSULE,
                         .hu = subject->hu.cortex,
                         SAG_IS_ORGAN (label),
                         .centre = { side * 160, -14, 84 },
                         .radius = { 19, 11 } };
      SagSolid marrow;

      shaft.end[0] = side * (subject->arms_up ? 200 : outline->rx + 42);
      shaft.end[1] = subject->arms_up ? 10 : -25;
      shaft.end[2] = subject->arms_up ? 230 : -330;
      if (!subject->arms_up)
        shaft.centre[0] = side * (outline->rx + 14);
      marrow = shaft;
      marrow.hu = subject->hu.marrow - 120;
      marrow.radius[0] -= 3;
      marrow.radius[1] -= 5;
      sag_subject_add (subject, &shaft);
      sag_subject_add (subject, &marrow);
    }
}

void
sag_subject_add_torso (SagSubject *subject)
{
  SagDraw draw = sag_draw (subject->seed, SAG_TOPIC_TORSO);
  Outline outline;
  double  back_mm, side_mm, front_mm;

  outline.muscle_mm = sag_draw_uniform (&draw, 3, 10) * (subject->female ? 0.8 : 1);
  outline.rx = 166 + outline.muscle_mm + subject->fat_mm;
  outline.ry = 119 + outline.muscle_mm + subject->fat_mm;
  back_mm = -outline.ry * subject->scale[1] - 1;
  side_mm = outline.rx * subject->scale[0] + 9;
  front_mm = (outline.ry + (subject->female ? 34 : 4)) * subject->scale[1] + 9;
  subject->low[0] = -MIN (side_mm, 225);
  subject->high[0] = MIN (side_mm, 225);
  subject->low[1] = back_mm - 24;
  subject->high[1] = MIN (front_mm, 190);
  subject->low[2] = -205 * subject->scale[2];
  subject->high[2] = 142 * subject->scale[2];
  add_table (subject, back_mm);
  add_layer (subject, &outline, 0, subject->hu.skin);
  add_layer (subject, &outline, 2.2, subject->hu.fat);
  if (subject->female)
    add_breasts (subject, &outline, &draw);
  add_layer (subject, &outline, subject->fat_mm + outline.muscle_mm, subject->hu.muscle);
  add_muscles (subject, &outline);
  add_armpits (subject);
  add_arm_bones (subject, &outline);
}
