/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/masks-private.h"

#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/scene/scene-view-private.h"

#include <math.h>

#define SIZE 360

#define GREEN 0x00ff00
#define BLUE 0x0000ff

/* A block of water in air, stored S first and flipped: a mask in one of its corners. */
static SagVolume *volume;

typedef struct
{
  SagUiEngine    *engine;
  SagUiSession   *session;
  SagUiMasks     *masks;
  SagUiCase      *one;
  SagUiSceneView *view;
  GtkWindow      *window;
} Fixture;

static SagVolume *
make_volume (gint16 value)
{
  const gint32 dims[3] = { 60, 90, 110 };
  gint16      *voxels = g_new (gint16, (gsize) dims[0] * dims[1] * dims[2]);
  /* k to the left 1.4 mm, j to the back 1.8, i to the head 2.4. */
  const SagGeometry grid = { .dims = { dims[0], dims[1], dims[2] },
                             .ijk_to_ras = {
                               { 0, 0, -1.4, 77 }, { 0, -1.8, 0, 81 }, { 2.4, 0, 0, -72 } } };
  gsize             at = 0;

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        voxels[at++] = j >= 10 && j < 80 && k >= 10 && k < 100 ? value : -1000;
  return sag_volume_new_int16 (&grid, voxels);
}

/* A ball around a place of the volume. */
static SagMask *
make_ball (const double ijk[3], double radius_mm)
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = radius_mm };
  double             centre[3];
  g_autoptr (SagMask) empty = sag_mask_new (grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);

  sag_geometry_to_ras (grid, ijk, centre);
  sag_brush_stroke (edit, &brush, centre, centre, NULL);
  return sag_mask_edit_snapshot (edit);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/scan.nii.gz");
  SagUiDisplay *display;

  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  display = sag_ui_session_get_display (self->session);
  self->masks = sag_ui_masks_get (self->session);
  self->one = sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);
  sag_ui_case_give (self->one, volume, sag_volume_get_geometry (volume)->dims[2]);
  sag_ui_cases_set_current (sag_ui_session_get_cases (self->session), self->one);
  g_object_set (display, "show-cross", FALSE, NULL);
  self->view = SAG_UI_SCENE_VIEW (sag_ui_scene_view_new ());
  sag_ui_scene_view_set_display (self->view, display);
  sag_ui_masks_attach_scene (self->masks, self->view);
  self->window = sag_test_ui_show (GTK_WIDGET (self->view), SIZE, SIZE);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (self->window);
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
  sag_render_worker_wait_all ();
}

/* A new picture of all that was done. */
static void
wait (Fixture *self)
{
  sag_test_ui_until (self->masks->current == NULL ||
                     !sag_ui_case_masks_is_busy (self->masks->current));
  sag_test_ui_until (sag_ui_scene_view_is_still (self->view) &&
                     sag_ui_scene_view_get_texture (self->view) != NULL);
}

/* What of the picture has a mask's colour, and its middle in logical pixels. */
typedef struct
{
  guint  n;
  double x;
  double y;
} Spot;

static Spot
find (Fixture *self, guint32 colour)
{
  GdkTexture        *texture = sag_ui_scene_view_get_texture (self->view);
  const int          width = gdk_texture_get_width (texture);
  const gsize        n = (gsize) width * (gsize) gdk_texture_get_height (texture);
  const int          on = colour == GREEN ? 1 : 0, off = 1 - on; /* of B G R A */
  g_autofree guint8 *pixels = g_malloc (4 * n);
  Spot               spot = { 0 };

  gdk_texture_download (texture, pixels, 4 * (gsize) width);
  for (gsize p = 0; p < n; p++)
    if (pixels[4 * p + on] > 50 && pixels[4 * p + on] > 2 * pixels[4 * p + off])
      {
        spot.n++;
        spot.x += (double) (p % (gsize) width) + 0.5;
        spot.y += (double) (p / (gsize) width) + 0.5;
      }
  if (spot.n > 0)
    {
      const double pixels_each = spot.n * gtk_widget_get_scale_factor (GTK_WIDGET (self->view));

      spot.x /= pixels_each;
      spot.y /= pixels_each;
    }
  return spot;
}

static char *
add (Fixture *self, guint32 colour, const double ijk[3], double radius_mm)
{
  g_autoptr (SagMask) ball = make_ball (ijk, radius_mm);
  SagUiCaseMasks *masks = sag_ui_masks_make_current (self->masks);

  return g_strdup (sag_ui_case_masks_add (masks, "A ball", NULL, &colour, ball));
}

static void
keep_picture (Fixture *self, const char *name)
{
  g_autofree char *full =
    g_strdup_printf ("%s-%dx", name, gtk_widget_get_scale_factor (GTK_WIDGET (self->view)));

  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (GTK_WIDGET (self->view), full));
}

static const double low_corner[3] = { 15, 25, 25 };
static const double far_corner[3] = { 45, 65, 85 };

/* A mask is where it was drawn, in its colour. */
static void
test_place (Fixture *self, gconstpointer data)
{
  SagRenderCamera  camera;
  Spot             green, blue;
  double           at[3], x, y;
  g_autofree char *small = NULL;
  g_autofree char *large = NULL;

  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  small = add (self, GREEN, low_corner, 12);
  large = add (self, BLUE, far_corner, 25);
  wait (self);
  keep_picture (self, "mask-scene");
  green = find (self, GREEN);
  blue = find (self, BLUE);
  g_assert_cmpuint (green.n, >, 100);
  g_assert_cmpuint (blue.n, >, 2 * green.n);
  sag_ui_scene_view_get_camera (self->view, &camera);
  sag_geometry_to_ras (sag_volume_get_geometry (volume), low_corner, at);
  sag_render_camera_project (&camera, SIZE, SIZE, at, &x, &y);
  g_assert_cmpfloat_with_epsilon (green.x, x, 4);
  g_assert_cmpfloat_with_epsilon (green.y, y, 4);
}

/* A list that changes: what is hidden, deleted or undone is no longer there. */
static void
test_list (Fixture *self, gconstpointer data)
{
  g_autofree char *id = add (self, GREEN, low_corner, 20);
  SagUiCaseMasks  *masks = self->masks->current;
  guint            usual;

  wait (self);
  usual = find (self, GREEN).n;
  g_assert_cmpuint (usual, >, 100);
  sag_ui_case_masks_set_visible (masks, id, FALSE);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  sag_ui_case_masks_set_visible (masks, id, TRUE);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, usual);
  sag_ui_case_masks_set_colour (masks, id, BLUE);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  g_assert_cmpuint (find (self, BLUE).n, >, 100);
  sag_ui_journal_undo (sag_ui_session_get_journal (self->session));
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, usual);
  sag_ui_case_masks_remove (masks, id);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  sag_ui_journal_undo (sag_ui_session_get_journal (self->session));
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, usual);
}

/* A stroke is seen once it is done; whatever changes in one go makes one picture. */
static void
test_stroke (Fixture *self, gconstpointer data)
{
  const SagBrush   brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 15 };
  g_autofree char *id = add (self, GREEN, low_corner, 12);
  SagUiCaseMasks  *masks = self->masks->current;
  double           from[3], to[3];
  guint64          request;
  guint            before;

  wait (self);
  before = find (self, GREEN).n;
  request = self->view->request;
  sag_geometry_to_ras (sag_volume_get_geometry (volume), low_corner, from);
  sag_geometry_to_ras (sag_volume_get_geometry (volume), far_corner, to);
  g_assert_true (sag_ui_case_masks_begin (masks, "A stroke", &brush));
  for (int n = 0; n < 10; n++)
    {
      sag_ui_case_masks_draw (masks, from, to);
      sag_test_ui_settle ();
    }
  g_assert_true (sag_ui_scene_view_is_still (self->view));
  g_assert_cmpuint (self->view->request, ==, request);
  sag_ui_case_masks_end (masks, TRUE);
  sag_test_ui_until (!sag_ui_case_masks_is_busy (masks));
  g_assert_false (sag_ui_scene_view_is_still (self->view));
  sag_ui_case_masks_rename (masks, id, "Another name");
  sag_ui_case_masks_set_locked (masks, id, TRUE);
  wait (self);
  g_assert_cmpuint (self->view->request, ==, request + 1);
  g_assert_cmpuint (find (self, GREEN).n, >, 2 * before);
  keep_picture (self, "mask-scene-stroke");
}

/* Overlays that are hidden for a moment, an opacity, another case. */
static void
test_shown (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/other.nii.gz");
  g_autoptr (SagVolume) other_volume = make_volume (40);
  G_GNUC_UNUSED g_autofree char *id = add (self, GREEN, low_corner, 20);
  SagUiCases                    *cases = sag_ui_session_get_cases (self->session);
  SagUiDisplay                  *display = sag_ui_session_get_display (self->session);
  g_autoptr (SagUiCase) other = sag_ui_case_new (file);

  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, >, 100);
  g_object_set (display, "show-overlays", FALSE, NULL);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  g_object_set (display, "show-overlays", TRUE, NULL);
  g_object_set (self->view, "masks", 0.0, NULL);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  g_object_set (self->view, "masks", 0.5, NULL);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, >, 0);
  keep_picture (self, "mask-scene-half");
  sag_ui_case_give (other, other_volume, sag_volume_get_geometry (other_volume)->dims[2]);
  sag_ui_cases_insert (cases, G_MAXUINT, other);
  sag_ui_cases_set_current (cases, other);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, ==, 0);
  sag_ui_cases_set_current (cases, self->one);
  wait (self);
  g_assert_cmpuint (find (self, GREEN).n, >, 0);
}

/* The view goes while a surface is being made. */
static void
test_goes (void)
{
  for (int n = 0; n < 4; n++)
    {
      Fixture          fixture;
      g_autofree char *id = NULL;

      set_up (&fixture, NULL);
      id = add (&fixture, GREEN, far_corner, 40);
      for (int turn = 0; turn < 20 * n; turn++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (5000);
        }
      tear_down (&fixture, NULL);
    }
}

int
main (int argc, char *argv[])
{
  int code;

  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  volume = make_volume (20);
#define ADD(name, func) g_test_add ("/ui/mask-scene/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("place", test_place);
  ADD ("list", test_list);
  ADD ("stroke", test_stroke);
  ADD ("shown", test_shown);
#undef ADD
  g_test_add_func ("/ui/mask-scene/goes", test_goes);
  code = g_test_run ();
  sag_volume_unref (volume);
  return code;
}
