/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/heart.h"
#include "model/phantom/lesion.h"

/* Metal and plastic: a pacemaker with its lead, tubes, a heart valve, wires through the breastbone. */

static void
add_pacemaker (SagSubject *subject)
{
  SagDraw             draw = sag_draw (subject->seed, SAG_TOPIC_DEVICES);
  gint                side = sag_draw_integer (&draw, 0, 2) == 0 ? 1 : -1;
  const SagSolid      lead = { .hu = subject->hu.metal,
                               SAG_IS (SAG_PHANTOM_PACEMAKER, SAG_PHANTOM_BODY),
                               .fine = TRUE };
  SagSolid            can = { .hu = subject->hu.metal,
                              SAG_IS (SAG_PHANTOM_PACEMAKER, SAG_PHANTOM_BODY),
                              .centre = { side * 92, 104 + subject->fat_mm * 0.55, 34 },
                              .radius = { 23, 6, 21 },
                              .square = 0.7 };
  static const double radii[] = { 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3 };
  const double        tip[3] = { -14, 34, -20 }, atrium[3] = { 32, 4, 6 };
  double              points[7][3] = { { side * 92, 100 + subject->fat_mm * 0.55, 44 },
                                       { side * 100, 60, 78 },
                                       { side * 62, 14, 84 },
                                       { side * 30, 12, 58 },
                                       { 25, 9, 10 } };

  sag_heart_place (subject, atrium, points[5]);
  sag_heart_place (subject, tip, points[6]);
  sag_subject_add (subject, &can);
  sag_subject_add_tube (subject, &lead, points, radii, 7);
}

static void
add_tube (SagSubject *subject)
{
  static const double tracheal[][3] = { { 0, -24, 145 }, { 1, -20, 80 }, { 2, -17, 26 } };
  static const double feeding[][3] = {
    { 0, -40, 145 }, { -3, -40, 0 }, { -2, -38, -60 }, { -26, -14, -140 }, { -50, 10, -160 }
  };
  SagDraw      draw = sag_draw (subject->seed, SAG_TOPIC_DEVICES + 1000);
  guint        kind = sag_draw_integer (&draw, 0, 2);
  gint         side = sag_draw_integer (&draw, 0, 1) ? 1 : -1;
  const double drain[][3] = { { side * 190, -6, -40 },
                              { side * 140, -10, -30 },
                              { side * 112, -14, 8 },
                              { side * 74, -20, 52 } };
  double       thick = kind == 0 ? 5.5 : kind == 1 ? 3.2 : 4.5;
  const double wall_radii[] = { thick, thick, thick, thick, thick };
  const double lumen_radii[] = { thick - 2, thick - 2, thick - 2, thick - 2, thick - 2 };
  const double (*points)[3] = kind == 0 ? tracheal : kind == 1 ? feeding : drain;
  guint          n_points = kind == 0 ? 3 : kind == 1 ? 5 : 4;
  const SagSolid wall = { .hu = 420 + 500 * (kind == 1),
                          SAG_IS_IN (SAG_PHANTOM_TUBE),
                          .fine = TRUE };
  const SagSolid lumen = { .hu = -900, SAG_IS_IN (SAG_PHANTOM_TUBE), .fine = TRUE };

  sag_subject_add_tube (subject, &wall, points, wall_radii, n_points);
  if (kind != 1)
    sag_subject_add_tube (subject, &lumen, points, lumen_radii, n_points);
}

/* A ring between atrium or ventricle and aorta. */
static void
add_valve (SagSubject *subject)
{
  static const double circle[8][2] = { { 1, 0 },  { 0.7071, 0.7071 },
                                       { 0, 1 },  { -0.7071, 0.7071 },
                                       { -1, 0 }, { -0.7071, -0.7071 },
                                       { 0, -1 }, { 0.7071, -0.7071 } };
  static const double places[2][3] = { { 12, 6, 16 }, { -8, -12, 4 } };
  SagDraw             draw = sag_draw (subject->seed, SAG_TOPIC_DEVICES + 2000);
  const double       *place = places[sag_draw_integer (&draw, 0, 1)];
  double              wide = sag_draw_uniform (&draw, 10, 14) / subject->heart;
  const double        radii[] = { 2.2, 2.2 };
  const SagSolid      like = { .hu = subject->hu.metal,
                               SAG_IS (SAG_PHANTOM_VALVE, SAG_PHANTOM_HEART),
                               .fine = TRUE };

  for (guint i = 0; i < 8; i++)
    {
      double ends[2][3];

      for (guint e = 0; e < 2; e++)
        {
          const double *spoke = circle[(i + e) % 8];
          const double  offset[3] = { place[0] + wide * 0.78 * spoke[0], place[1] + wide * spoke[1],
                                      place[2] - wide * 0.62 * spoke[0] };

          sag_heart_place (subject, offset, ends[e]);
        }
      sag_subject_add_tube (subject, &like, ends, radii, 2);
    }
}

static void
add_sternal_wires (SagSubject *subject)
{
  static const double radii[] = { 1.6, 1.6, 1.6, 1.6, 1.6 };
  const SagSolid      like = { .hu = subject->hu.metal,
                               SAG_IS_IN (SAG_PHANTOM_STERNAL_WIRE),
                               .fine = TRUE };

  for (guint i = 0; i < 6; i++)
    {
      double z = 24 - 25.0 * i, y = (i < 2 ? 94 - 0.2 * (z - 22) : 108 - 0.2 * (z + 48)),
             wide = i < 2 ? 20 : 16;
      const double ring[5][3] = { { 0, y + 8, z },
                                  { wide, y + 1, z - 1 },
                                  { 0, y - 8, z },
                                  { -wide, y + 1, z + 1 },
                                  { 0, y + 8, z } };

      sag_subject_add_tube (subject, &like, ring, radii, 5);
    }
}

void
sag_subject_add_devices (SagSubject *subject)
{
  if (sag_subject_has (subject, SAG_FINDING_STERNOTOMY))
    add_sternal_wires (subject);
  if (sag_subject_has (subject, SAG_FINDING_VALVE))
    add_valve (subject);
  if (sag_subject_has (subject, SAG_FINDING_PACEMAKER))
    add_pacemaker (subject);
  if (sag_subject_has (subject, SAG_FINDING_TUBE))
    add_tube (subject);
}
