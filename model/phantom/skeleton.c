/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/anatomy.h"

#include "model/phantom/ribs.h"

#include <string.h>

/* Spine, ribs, breastbone and shoulder blades. Ribs are drawn on the pleural cavity's outside. */

static const SagRibCage cage = {
  .ribs = {
    { 82, 28, 10, 13 }, { 66, 38, 10, 13 },  { 46, 44, 10, 13 },  { 25, 50, 10, 13 },
    { 3, 54, 10, 13 },  { -19, 56, 10, 13 }, { -41, 60, 10, 13 }, { -63, 64, 9, 12 },
    { -85, 66, 9, 11 }, { -109, 68, 8, 10 }, { -133, 70, 7, 7 },  { -157, 84, 5, 5 },
  },
  .centre = SAG_CAVITY_CENTRE,
  .radius = SAG_CAVITY_RADIUS,
  .gap_mm = 6.5,
  .square = SAG_CAVITY_SQUARE,
  .shear = SAG_POSTURE_SHEAR,
};

static void
add_rib_piece (SagBuilder *builder, const double from[3], const double to[3], gboolean bone)
{
  SagPart part = {
    .kind = SAG_SHAPE_CAPSULE,
    .centre = { from[0], from[1], from[2] },
    .end = { to[0], to[1], to[2] },
    .radius = { 5, 5 },
    .tissue = bone ? SAG_TISSUE_CORTICAL_BONE : SAG_TISSUE_CARTILAGE,
    .label = bone ? SAG_PHANTOM_RIBS : SAG_PHANTOM_BODY,
  };

  sag_builder_add (builder, &part);
  if (!bone)
    return;
  part.radius[0] = part.radius[1] = 3;
  part.tissue = SAG_TISSUE_CANCELLOUS_BONE;
  sag_builder_add (builder, &part);
}

static void
add_rib (SagBuilder *builder, guint rib, double side)
{
  double from[3] = { side * 16, -78 + SAG_POSTURE_SHEAR * cage.ribs[rib].z_mm,
                     cage.ribs[rib].z_mm },
         to[3];

  for (guint step = 0; step < cage.ribs[rib].n_all; step++)
    {
      sag_rib_cage_point (&cage, rib, step, side, to);
      add_rib_piece (builder, from, to, step < cage.ribs[rib].n_bone);
      memcpy (from, to, sizeof from);
    }
}

void
sag_builder_add_spine (SagBuilder *builder)
{
  static const SagPart column = {
    .centre = { 0, -70, 0 },
    .radius = { 19, 16, 0 },
    .shear_y = SAG_POSTURE_SHEAR,
    .tissue = SAG_TISSUE_CORTICAL_BONE,
    .label = SAG_PHANTOM_SPINE,
  };
  static const SagPart arch = {
    .centre = { 0, -94, 0 },
    .radius = { 15, 13, 0 },
    .shear_y = SAG_POSTURE_SHEAR,
    .tissue = SAG_TISSUE_CORTICAL_BONE,
    .label = SAG_PHANTOM_SPINE,
  };
  SagPart canal = arch, marrow = column;

  sag_builder_add (builder, &arch);
  canal.radius[0] = canal.radius[1] = 9;
  canal.tissue = SAG_TISSUE_FLUID;
  sag_builder_add (builder, &column);
  marrow.radius[0] -= 2;
  marrow.radius[1] -= 2;
  marrow.tissue = SAG_TISSUE_CANCELLOUS_BONE;
  sag_builder_add (builder, &marrow);
  sag_builder_add (builder, &canal);
  for (gint level = -12; level <= 12; level++)
    {
      double  z = level * 22 + 4, y = -70 + SAG_POSTURE_SHEAR * z;
      SagPart disc = marrow;
      SagPart process = {
        .kind = SAG_SHAPE_CAPSULE,
        .centre = { 0, y - 36, z },
        .end = { 0, y - 46, z - 16 },
        .radius = { 3.5, 3.5 },
        .tissue = SAG_TISSUE_CORTICAL_BONE,
        .label = SAG_PHANTOM_SPINE,
      };

      disc.centre[1] = y;
      disc.centre[2] = z;
      disc.radius[2] = 2.5;
      disc.square = 0;
      disc.tissue = SAG_TISSUE_CARTILAGE;
      sag_builder_add (builder, &disc);
      sag_builder_add (builder, &process);
    }
}

static void
add_breastbone (SagBuilder *builder)
{
  SagPart part = {
    .centre = { 0, 112, -45 },
    .radius = { 18, 6, 75 },
    .square = 0.7,
    .shear_y = -0.12,
    .tissue = SAG_TISSUE_CORTICAL_BONE,
    .label = SAG_PHANTOM_BODY,
  };

  sag_builder_add (builder, &part);
  part.radius[0] -= 2;
  part.radius[1] -= 2;
  part.tissue = SAG_TISSUE_CANCELLOUS_BONE;
  sag_builder_add (builder, &part);
}

static void
add_shoulder_blades (SagBuilder *builder)
{
  for (gint side = -1; side <= 1; side += 2)
    {
      SagPart part = {
        .centre = { side * 92, -94, 25 },
        .radius = { 40, 4, 62 },
        .tissue = SAG_TISSUE_CORTICAL_BONE,
        .label = SAG_PHANTOM_BODY,
      };

      sag_builder_add (builder, &part);
    }
}

void
sag_builder_add_rib_cage (SagBuilder *builder)
{
  add_shoulder_blades (builder);
  add_breastbone (builder);
  for (guint rib = 0; rib < SAG_N_RIBS; rib++)
    {
      add_rib (builder, rib, -1);
      add_rib (builder, rib, 1);
    }
}
