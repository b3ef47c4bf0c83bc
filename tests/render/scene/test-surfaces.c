/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/render/scene/fixture.h"

#include "render/scene/body.h"
#include "render/scene/surfaces.h"
#include "tests/support/test.h"

#include <math.h>

/* An elliptic cylinder of soft tissue with two lungs in it, lying on a table whose top touches it. */
static gint16
lying_patient (double r, double a)
{
  gboolean body = r * r / (150 * 150) + a * a / (100 * 100) < 1;
  gboolean lung = fabs (fabs (r) - 70) < 45 && fabs (a) < 55;
  gboolean table = fabs (r) < 190 && a < -98 && a > -102;
  gboolean foot = fabs (r) < 190 && a < -128 && a > -132;

  if (lung)
    return -850;
  return body || table || foot ? 40 : -1000;
}

static SagVolume *
lying_patient_new (void)
{
  const SagGeometry geometry =
    sag_geometry_init ((const int32_t[]){ 200, 140, 40 }, (const double[]){ 2, 2, 4 },
                       (const double[]){ -199, -139, 0 });
  gint16 *voxels = g_new (gint16, sag_geometry_n_voxels (&geometry)), *voxel = voxels;

  for (int k = 0; k < 40; k++)
    for (int j = 0; j < 140; j++)
      for (int i = 0; i < 200; i++)
        *voxel++ = lying_patient (-199 + 2.0 * i, -139 + 2.0 * j);
  return sag_volume_new_int16 (&geometry, voxels);
}

/* The skin is where the ellipse is, the table is gone, and nothing is left of the lungs inside. */
static void
test_body (void)
{
  g_autoptr (SagVolume) volume = lying_patient_new ();
  g_autoptr (SagRenderMesh) mesh = sag_render_body_mesh (volume, NULL, NULL);

  g_assert_cmpuint (mesh->n_triangles, >, 1000);
  g_assert_cmpfloat_with_epsilon (mesh->low_mm[0], -150, 4);
  g_assert_cmpfloat_with_epsilon (mesh->high_mm[0], 150, 4);
  g_assert_cmpfloat_with_epsilon (mesh->low_mm[1], -100, 6);
  g_assert_cmpfloat_with_epsilon (mesh->high_mm[1], 100, 4);
  /* From the middle of the first slice to that of the last: open ends. */
  g_assert_cmpfloat_with_epsilon (mesh->low_mm[2], 0, 3);
  g_assert_cmpfloat_with_epsilon (mesh->high_mm[2], 156, 3);
  for (gsize p = 0; p < mesh->n_points; p++)
    {
      const float *at = mesh->points + 3 * p;
      double       radius = sqrt (at[0] * at[0] / (150.0 * 150) + at[1] * at[1] / (100.0 * 100));

      g_assert_cmpfloat (radius, >, 0.94);
      g_assert_cmpfloat (radius, <, 1.30); /* a lip where the table touches */
    }
}

static void
test_body_normals (void)
{
  g_autoptr (SagVolume) volume = lying_patient_new ();
  g_autoptr (SagRenderMesh) mesh = sag_render_body_mesh (volume, NULL, NULL);
  gsize n_outwards = 0;

  for (gsize p = 0; p < mesh->n_points; p++)
    n_outwards += mesh->normals[3 * p] * mesh->points[3 * p] +
                    mesh->normals[3 * p + 1] * mesh->points[3 * p + 1] >
                  0;
  g_assert_cmpfloat ((double) n_outwards / mesh->n_points, >, 0.99);
}

/* The body is open at the first and the last slice and nowhere else; lungs are closed. */
static void
test_rims (void)
{
  g_autoptr (SagVolume) volume = lying_patient_new ();
  g_autoptr (FixturePatient) patient = fixture_patient_new ();
  g_autoptr (SagRenderMesh) mesh = sag_render_body_mesh (volume, NULL, NULL);
  g_autoptr (GArray) rims = sag_render_mesh_rims (mesh);
  g_autoptr (GArray) none = sag_render_mesh_rims (patient->lungs_mesh);
  double length = 0;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (rims->len % 6, ==, 0);
  for (guint e = 0; e < rims->len; e += 6)
    {
      const float *a = &g_array_index (rims, float, e), *b = a + 3;

      g_assert_cmpfloat_with_epsilon (a[2], b[2], 1e-3);
      g_assert_true (fabs (a[2] - mesh->low_mm[2]) < 1e-3 || fabs (a[2] - mesh->high_mm[2]) < 1e-3);
      length += hypot (a[0] - b[0], a[1] - b[1]);
    }
  /* Twice around an ellipse with half axes of 150 and 100 mm, and the lips of the table. */
  g_assert_cmpfloat (length, >, 2 * 780);
  g_assert_cmpfloat (length, <, 2 * 900);
}

/* Air in a volume of nothing else, of tissue without an end, and of one voxel: no surface and no harm. */
static void
test_body_odd (void)
{
  static const struct
  {
    gint32 n;
    gint16 hu;
  } cases[] = { { 20, -1000 }, { 1, 40 }, { 2, 40 }, { 1, -1000 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      const gint32 n = cases[c].n;
      SagGeometry  geometry = sag_geometry_init (
         (const int32_t[]){ n, n, n }, (const double[]){ 2, 2, 2 }, (const double[]){ 0, 0, 0 });
      gint16 *voxels = g_new (gint16, n * n * n);
      g_autoptr (SagVolume) volume = NULL;
      g_autoptr (SagRenderMesh) mesh = NULL;

      for (gint32 at = 0; at < n * n * n; at++)
        voxels[at] = cases[c].hu;
      volume = sag_volume_new_int16 (&geometry, voxels);
      mesh = sag_render_body_mesh (volume, NULL, NULL);
      g_assert_nonnull (mesh);
      if (cases[c].hu < 0)
        g_assert_cmpuint (mesh->n_triangles, ==, 0);
    }
}

static void
test_lungs (void)
{
  g_autoptr (FixturePatient) patient = fixture_patient_new ();
  const gint16 *labels = sag_volume_get_int16 (patient->lungs);
  gsize         n = sag_geometry_n_voxels (sag_volume_get_geometry (patient->lungs)), n_lung = 0;
  double        spacing[3], expected;

  sag_geometry_spacing_mm (sag_volume_get_geometry (patient->lungs), spacing);
  for (gsize at = 0; at < n; at++)
    n_lung += labels[at] != 0;
  expected = n_lung * spacing[0] * spacing[1] * spacing[2];
  g_assert_cmpfloat_with_epsilon (sag_render_mesh_volume_mm3 (patient->lungs_mesh) / expected, 1,
                                  0.05);
  for (int c = 0; c < 3; c++)
    {
      g_assert_cmpfloat (patient->lungs_mesh->low_mm[c], >, patient->body_mesh->low_mm[c]);
      g_assert_cmpfloat (patient->lungs_mesh->high_mm[c], <, patient->body_mesh->high_mm[c]);
    }
}

static void
test_no_lungs (void)
{
  const SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 8, 8, 8 }, (const double[]){ 3, 3, 3 }, (const double[]){ 0, 0, 0 });
  g_autoptr (SagVolume) mask = sag_volume_new_int16 (&geometry, g_new0 (gint16, 512));
  g_autoptr (SagRenderMesh) mesh = sag_render_lungs_mesh (mask, NULL, NULL);

  g_assert_cmpuint (mesh->n_triangles, ==, 0);
}

/* Two boxes of labels 3 and 300, in a grid whose first axis runs to L. */
static guint16 *
two_labels (const SagGeometry *geometry)
{
  guint16 *labels = g_new0 (guint16, sag_geometry_n_voxels (geometry)), *label = labels;

  for (int k = 0; k < geometry->dims[2]; k++)
    for (int j = 0; j < geometry->dims[1]; j++)
      for (int i = 0; i < geometry->dims[0]; i++, label++)
        if (i >= 2 && i < 12 && j >= 3 && j < 13 && k >= 4 && k < 14)
          *label = 300;
        else if (i == 20 && j == 20 && k == 10)
          *label = 3;
  return labels;
}

static void
test_labels (void)
{
  SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 30, 24, 20 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  g_autofree guint16 *labels = NULL;
  SagRenderMask       mask;
  g_autoptr (GArray) boxes = NULL;
  G_GNUC_UNUSED g_autoptr (SagRenderMesh) small = NULL;
  g_autoptr (SagRenderMesh) large = NULL;

  geometry = fixture_flip (&geometry, 0);
  labels = two_labels (&geometry);
  mask = sag_render_mask_init (&geometry, SAG_RENDER_LABELS_UINT16, labels);
  boxes = sag_render_label_boxes (&mask, NULL);
  g_assert_cmpuint (boxes->len, ==, 2);
  g_assert_cmpuint (g_array_index (boxes, SagRenderLabelBox, 0).label, ==, 3);
  g_assert_cmpint (g_array_index (boxes, SagRenderLabelBox, 0).low[0], ==, 20);
  g_assert_cmpint (g_array_index (boxes, SagRenderLabelBox, 0).high[2], ==, 10);
  g_assert_cmpuint (g_array_index (boxes, SagRenderLabelBox, 1).label, ==, 300);
  g_assert_cmpint (g_array_index (boxes, SagRenderLabelBox, 1).low[1], ==, 3);
  g_assert_cmpint (g_array_index (boxes, SagRenderLabelBox, 1).high[1], ==, 12);
  large = sag_render_label_mesh (&mask, &g_array_index (boxes, SagRenderLabelBox, 1), NULL, NULL);
  /* i 2..11 is x 29 - 11.5 .. 29 - 1.5 */
  g_assert_cmpfloat_with_epsilon (large->low_mm[0], 17.5, 0.3);
  g_assert_cmpfloat_with_epsilon (large->high_mm[0], 27.5, 0.3);
  g_assert_cmpfloat_with_epsilon (large->low_mm[2], 3.5, 0.3);
  /* Only the edges of the cube are rounded off. */
  g_assert_cmpfloat (sag_render_mesh_volume_mm3 (large), <, 1000);
  g_assert_cmpfloat (sag_render_mesh_volume_mm3 (large), >, 900);
}

/* A single voxel is something that a person drew: it must not vanish. */
static void
test_single_voxel (void)
{
  SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 30, 24, 20 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  g_autofree guint16 *labels = two_labels (&geometry);
  SagRenderMask       mask = sag_render_mask_init (&geometry, SAG_RENDER_LABELS_UINT16, labels);
  g_autoptr (GArray) boxes = sag_render_label_boxes (&mask, NULL);
  g_autoptr (SagRenderMesh) mesh =
    sag_render_label_mesh (&mask, &g_array_index (boxes, SagRenderLabelBox, 0), NULL, NULL);

  g_assert_cmpuint (mesh->n_triangles, >, 0);
  g_assert_cmpfloat_with_epsilon ((mesh->low_mm[0] + mesh->high_mm[0]) / 2, 20, 1e-3);
  g_assert_cmpfloat_with_epsilon ((mesh->low_mm[1] + mesh->high_mm[1]) / 2, 20, 1e-3);
  g_assert_cmpfloat_with_epsilon ((mesh->low_mm[2] + mesh->high_mm[2]) / 2, 10, 1e-3);
}

static void
test_large_label (void)
{
  const SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 120, 120, 120 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  g_autofree guint8 *labels = g_new0 (guint8, 120 * 120 * 120);
  SagRenderMask      mask = sag_render_mask_init (&geometry, SAG_RENDER_LABELS_UINT8, labels);
  g_autoptr (GArray) boxes = NULL;
  g_autoptr (SagRenderMesh) mesh = NULL;

  for (int k = 0; k < 120; k++)
    for (int j = 0; j < 120; j++)
      for (int i = 0; i < 120; i++)
        labels[i + 120 * (j + 120 * k)] =
          (i - 60) * (i - 60) + (j - 60) * (j - 60) + (k - 60) * (k - 60) < 50 * 50;
  boxes = sag_render_label_boxes (&mask, NULL);
  mesh = sag_render_label_mesh (&mask, &g_array_index (boxes, SagRenderLabelBox, 0), NULL, NULL);
  for (int c = 0; c < 3; c++)
    {
      g_assert_cmpfloat_with_epsilon (mesh->low_mm[c], 10.5, 0.7);
      g_assert_cmpfloat_with_epsilon (mesh->high_mm[c], 109.5, 0.7);
    }
  g_assert_cmpfloat_with_epsilon (
    sag_render_mesh_volume_mm3 (mesh) / (4.0 / 3 * G_PI * 50 * 50 * 50), 1, 0.02);
  /* 2 mm steps: a third as many triangles as at full resolution, or fewer. */
  g_assert_cmpuint (mesh->n_triangles, <, 30000);
}

/* A mask in bricks has the surface of the same labels, at full resolution and in blocks, wherever it lies. */
static void
test_voxels (void)
{
  static const struct
  {
    gint32 centre[3];
    gint32 radius;
  } balls[] = { { { 40, 33, 31 }, 14 }, { { 60, 50, 45 }, 44 }, { { 0, 99, 89 }, 6 } };
  SagGeometry geometry =
    sag_geometry_init ((const int32_t[]){ 120, 100, 90 }, (const double[]){ 0.7, 0.8, 1.1 },
                       (const double[]){ 5, -40, 12 });

  geometry = fixture_flip (&geometry, 1);
  for (guint b = 0; b < G_N_ELEMENTS (balls); b++)
    {
      const gint32       *centre = balls[b].centre;
      g_autofree guint8  *labels = g_new0 (guint8, sag_geometry_n_voxels (&geometry));
      const SagRenderMask plain = sag_render_mask_init (&geometry, SAG_RENDER_LABELS_UINT8, labels);
      gsize               at = 0;
      g_autoptr (SagMask) mask = NULL;
      g_autoptr (GArray) boxes = NULL;
      g_autoptr (SagRenderMesh) expected = NULL;
      g_autoptr (SagRenderMesh) mesh = NULL;

      for (gint32 k = 0; k < 90; k++)
        for (gint32 j = 0; j < 100; j++)
          for (gint32 i = 0; i < 120; i++, at++)
            labels[at] = (i - centre[0]) * (i - centre[0]) + (j - centre[1]) * (j - centre[1]) +
                           (k - centre[2]) * (k - centre[2]) <
                         balls[b].radius * balls[b].radius;
      mask = sag_mask_new_from_voxels (&geometry, labels);
      boxes = sag_render_label_boxes (&plain, NULL);
      expected =
        sag_render_label_mesh (&plain, &g_array_index (boxes, SagRenderLabelBox, 0), NULL, NULL);
      mesh = sag_render_voxels_mesh (mask, NULL, NULL);
      g_assert_cmpuint (mesh->n_triangles, >, 100);
      g_assert_cmpuint (mesh->n_triangles, ==, expected->n_triangles);
      g_assert_cmpuint (mesh->n_points, ==, expected->n_points);
      for (gsize c = 0; c < 3 * mesh->n_points; c++)
        g_assert_cmpfloat_with_epsilon (mesh->points[c], expected->points[c], 1e-3);
    }
}

static void
test_no_voxels (void)
{
  const SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 40, 40, 40 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  g_autoptr (SagMask) mask = sag_mask_new (&geometry);
  g_autoptr (SagRenderMesh) mesh = sag_render_voxels_mesh (mask, NULL, NULL);

  g_assert_cmpuint (mesh->n_triangles, ==, 0);
}

static void
test_cancelled (void)
{
  g_autoptr (SagVolume) volume = lying_patient_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree guint8  *labels = g_new0 (guint8, 200 * 140 * 40);
  const SagRenderMask mask =
    sag_render_mask_init (sag_volume_get_geometry (volume), SAG_RENDER_LABELS_UINT8, labels);
  g_autoptr (SagMask) voxels = NULL;
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_render_body_mesh (volume, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancel");
  g_assert_null (sag_render_lungs_mesh (volume, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancel");
  g_assert_null (sag_render_label_boxes (&mask, cancellable));
  labels[1000] = 1;
  voxels = sag_mask_new_from_voxels (sag_volume_get_geometry (volume), labels);
  g_assert_null (sag_render_voxels_mesh (voxels, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancel");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/surfaces/body", test_body);
  g_test_add_func ("/scene/surfaces/body-normals", test_body_normals);
  g_test_add_func ("/scene/surfaces/rims", test_rims);
  g_test_add_func ("/scene/surfaces/body-odd", test_body_odd);
  g_test_add_func ("/scene/surfaces/lungs", test_lungs);
  g_test_add_func ("/scene/surfaces/no-lungs", test_no_lungs);
  g_test_add_func ("/scene/surfaces/labels", test_labels);
  g_test_add_func ("/scene/surfaces/single-voxel", test_single_voxel);
  g_test_add_func ("/scene/surfaces/large-label", test_large_label);
  g_test_add_func ("/scene/surfaces/voxels", test_voxels);
  g_test_add_func ("/scene/surfaces/no-voxels", test_no_voxels);
  g_test_add_func ("/scene/surfaces/cancelled", test_cancelled);
  return g_test_run ();
}
