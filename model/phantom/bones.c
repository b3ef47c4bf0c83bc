/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/ribs.h"
#include "model/phantom/subject.h"

/* Spine, ribs with their cartilage, breastbone, collar bones and shoulder blades. Ribs are drawn on the outside of the
 * pleural cavity. */

static const SagRibCage cage = {
  .ribs = {
    { 88, 24, 11, 13 }, { 68, 38, 10, 13 },  { 47, 44, 10, 13 },  { 25, 50, 10, 13 },
    { 3, 54, 10, 13 },  { -19, 56, 10, 13 }, { -41, 60, 10, 13 }, { -63, 64, 9, 12 },
    { -85, 66, 9, 11 }, { -109, 68, 8, 10 }, { -133, 70, 7, 7 },  { -157, 84, 5, 5 },
  },
  .centre = SAG_PLEURA_CENTRE,
  .radius = SAG_PLEURA_RADIUS,
  .gap_mm = 7,
  .square = SAG_PLEURA_SQUARE,
  .shear = SAG_BACK_SHEAR,
};

/* Bone of two layers along @points: shell and marrow. */
static void
add_bone (SagSubject *subject,
          guint8      label,
          const double (*points)[3],
          const double *radii,
          guint         n_points,
          double        shell_mm)
{
  SagSolid bone = { .hu = subject->hu.cortex, SAG_IS_ORGAN (label) };
  double   inner[8];

  sag_subject_add_tube (subject, &bone, points, radii, n_points);
  for (guint p = 0; p < n_points; p++)
    inner[p] = radii[p] - shell_mm;
  bone.hu = subject->hu.marrow;
  sag_subject_add_tube (subject, &bone, points, inner, n_points);
}

static void
add_rib (SagSubject *subject, guint rib, double side)
{
  static const double radii[] = { 5, 5 };
  guint8              label = (side < 0 ? SAG_PHANTOM_RIB_LEFT_1 : SAG_PHANTOM_RIB_RIGHT_1) + rib;
  double              points[2][3] = { { side * 18, -78 + SAG_BACK_SHEAR * cage.ribs[rib].z_mm,
                                         cage.ribs[rib].z_mm } };

  for (guint step = 0; step < cage.ribs[rib].n_all; step++)
    {
      sag_rib_cage_point (&cage, rib, step, side, points[1]);
      if (step < cage.ribs[rib].n_bone)
        add_bone (subject, label, points, radii, 2, 1.6);
      else
        {
          const SagSolid cartilage = { .hu = subject->hu.cartilage,
                                       SAG_IS_ORGAN (SAG_PHANTOM_COSTAL_CARTILAGE) };

          sag_subject_add_tube (subject, &cartilage, points, radii, 2);
        }
      memcpy (points[0], points[1], sizeof points[0]);
    }
}

/* The column that all vertebrae share, cut to one of them; and the disc on top. */
static void
add_vertebra (SagSubject *subject, guint8 label, double z, double height, double width)
{
  double   y = -70 + SAG_BACK_SHEAR * z, half = height / 2;
  SagSolid body = { .hu = subject->hu.cortex - 210,
                    SAG_IS_ORGAN (label),
                    .centre = { 0, y, z },
                    .radius = { width, width * 0.82, 0 },
                    .square = 0.4,
                    .planes = { { 0, 0, 1, z + half }, { 0, 0, -1, half - z } } };
  SagSolid arch = body, canal = body, marrow = body, disc = body;
  SagSolid process = { .kind = SAG_SOLID_CAPSULE,
                       .hu = subject->hu.cortex - 140,
                       SAG_IS_ORGAN (label),
                       .centre = { 0, y - 36, z },
                       .end = { 0, y - 48, z - 15 },
                       .radius = { 4, 3 } };

  arch.centre[1] = y - 24;
  arch.radius[0] = 15;
  arch.radius[1] = 14;
  arch.planes[1][3] = half * 0.5 - z; /* leaves room for the nerves */
  sag_subject_add (subject, &arch);
  sag_subject_add (subject, &process);
  for (gint side = -1; side <= 1; side += 2)
    {
      process.centre[0] = side * 10;
      process.centre[1] = y - 25;
      process.centre[2] = z + 4;
      process.end[0] = side * 31;
      process.end[1] = y - 32;
      process.end[2] = z + 6;
      sag_subject_add (subject, &process);
    }
  sag_subject_add (subject, &body);
  marrow.hu = subject->hu.marrow;
  marrow.radius[0] -= 2;
  marrow.radius[1] -= 2;
  marrow.planes[0][3] -= 1.5;
  marrow.planes[1][3] -= 1.5;
  sag_subject_add (subject, &marrow);
  disc.hu = subject->hu.cartilage - 15;
  disc.label = disc.organ = SAG_PHANTOM_BODY;
  disc.radius[0] -= 1;
  disc.radius[1] -= 1;
  disc.planes[0][3] = z + half + 4.5;
  disc.planes[1][3] = -(z + half);
  sag_subject_add (subject, &disc);
  canal.hu = subject->hu.fluid + 20;
  canal.label = canal.organ = SAG_PHANTOM_BODY;
  canal.centre[1] = y - width * 0.82 - 8;
  canal.radius[0] = 9;
  canal.radius[1] = 8;
  canal.planes[0][3] = z + half + 4.5;
  sag_subject_add (subject, &canal);
}

void
sag_subject_add_spine (SagSubject *subject)
{
  const double pitch = 23;

  for (gint level = -2; level < 17; level++) /* 0 is T1, 12 is L1 */
    {
      double z = 94 - pitch * level;

      add_vertebra (subject, (guint8) (SAG_PHANTOM_VERTEBRA_T1 - level), z, pitch - 4.5,
                    16.5 + 0.35 * level);
    }
}

static void
add_breastbone (SagSubject *subject)
{
  SagSolid part = { .hu = subject->hu.cortex - 150,
                    SAG_IS_ORGAN (SAG_PHANTOM_STERNUM),
                    .centre = { 0, 108, -48 },
                    .radius = { 17, 6.5, 82 },
                    .square = 0.7,
                    .shear_y = -0.2 };

  for (guint layer = 0; layer < 2; layer++)
    {
      SagSolid handle = part; /* the manubrium is wider */

      handle.centre[1] = 94;
      handle.centre[2] = 22;
      handle.radius[0] += 11;
      handle.radius[2] = 24;
      sag_subject_add (subject, &part);
      sag_subject_add (subject, &handle);
      part.radius[0] -= 2;
      part.radius[1] -= 2;
      part.hu = subject->hu.marrow - 60;
    }
}

static void
add_collar_bones (SagSubject *subject)
{
  for (gint side = -1; side <= 1; side += 2)
    {
      double              lift = subject->arms_up ? 16 : 0;
      const double        points[][3] = { { side * 20, 84, 46 },
                                          { side * 60, 70, 62 + lift / 2 },
                                          { side * 105, 34, 76 + lift },
                                          { side * 142, 4, 84 + lift } };
      static const double radii[] = { 9, 6, 6, 7 };

      add_bone (subject, side < 0 ? SAG_PHANTOM_CLAVICLE_LEFT : SAG_PHANTOM_CLAVICLE_RIGHT, points,
                radii, 4, 2);
    }
}

static void
add_shoulder_blades (SagSubject *subject)
{
  for (gint side = -1; side <= 1; side += 2)
    {
      guint8              label = side < 0 ? SAG_PHANTOM_SCAPULA_LEFT : SAG_PHANTOM_SCAPULA_RIGHT;
      const double        along[3] = { side * 0.82, 0.57, 0 };
      const double        spine[][3] = { { side * 82, -100, 48 },
                                         { side * 120, -86, 66 },
                                         { side * 150, -48, 88 } };
      const double        edge[][3] = { { side * 140, -58, 60 },
                                        { side * 118, -84, 0 },
                                        { side * 98, -98, -44 } };
      static const double radii[] = { 4, 5, 7 }, edge_radii[] = { 7, 4, 4 };
      SagSolid            blade = { .hu = subject->hu.cortex - 150,
                                    SAG_IS_ORGAN (label),
                                    .centre = { side * 112, -84, 22 },
                                    .radius = { 36, 3.2, 62 } };

      sag_solid_aim (&blade, along);
      sag_subject_add (subject, &blade);
      add_bone (subject, label, spine, radii, 3, 2.5);
      add_bone (subject, label, edge, edge_radii, 3, 2);
    }
}

void
sag_subject_add_rib_cage (SagSubject *subject)
{
  add_shoulder_blades (subject);
  add_collar_bones (subject);
  add_breastbone (subject);
  for (guint rib = 0; rib < SAG_N_RIBS; rib++)
    {
      add_rib (subject, rib, -1);
      add_rib (subject, rib, 1);
    }
}
